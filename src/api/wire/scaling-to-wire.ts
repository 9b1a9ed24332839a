/** What the autoscaler decided for a service, and within which limits. */
import type * as Wire from "../../contract/index.ts";
import { parseExtensions } from "../../domain/extension.ts";
import type { Service } from "../../domain/service.ts";
import type { ScaleDecision } from "../../ports/scaling.ts";
import type { HandlerContext } from "../handler.ts";
import { toDate } from "./time.ts";

/** Undefined while the service is not scaled: paused, being deleted, never deployed. */
export async function scalingToWire(
  { id, arn, activeReleaseNumber }: Service,
  { scaling, store }: Pick<HandlerContext, "scaling" | "store">,
): Promise<Wire.Scaling | undefined> {
  const decisions = scaling.decisions(id);
  const release = activeReleaseNumber === null ? null : await store.releases.get(id, activeReleaseNumber);
  if (decisions.length === 0 || release === null) return undefined;
  const { scaleToZeroMs } = parseExtensions(await store.tags.list(arn));
  return {
    MinSize: scaleToZeroMs === null ? release.scale.minSize : 0,
    MaxSize: release.scale.maxSize,
    Decisions: decisions.toReversed().map(decisionToWire),
  };
}

function decisionToWire({ atMs, count, activity, reason }: ScaleDecision): Wire.ScalingDecision {
  return { At: toDate(atMs), Count: count, Activity: activity, Reason: reason };
}
