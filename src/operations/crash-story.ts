/**
 * Tells that a release does not stay up. Its deployment may have succeeded: an instance can pass its first checks and end
 * a moment later, when traffic leads to it. Who deployed has to see it, with the reason and the way back.
 */
import { eventLine } from "../domain/event-line.ts";
import type { Instance } from "../domain/instance.ts";
import type { Service } from "../domain/service.ts";
import { previousRelease } from "./command-subjects.ts";
import { endsInARow, isStable } from "./crash-loop.ts";
import { type StepContext, serviceOf } from "./executor.ts";

/** A few sets of usual size: enough to see whether the release ever ran well. */
const ROWS_LOOKED_AT = 60;

/** `row` has ended and is not recorded so yet. Told of the second end in a row, the fourth, the eighth … */
export async function tellCrashes(context: StepContext, row: Instance, reason: string): Promise<void> {
  const service = await serviceOf(context);
  const { releaseNumber } = row;
  const { clock, store } = context.ports;
  const nowMs = clock.now();
  // Of an operation that is under way the cause is told.
  if (service.status !== "RUNNING" || service.activeReleaseNumber !== releaseNumber) return;
  if (isStable(row, nowMs)) return;
  const page = await store.instances.list(service.id, { after: null, limit: ROWS_LOOKED_AT });
  const others = page.rows.filter((other) => other.id !== row.id);
  const count = endsInARow(others, releaseNumber, nowMs).length + 1;
  if (count < 2 || !Number.isInteger(Math.log2(count))) return;
  const isNew = !others.some((other) => other.releaseNumber === releaseNumber && isStable(other, nowMs));
  const returnTo = isNew ? await previousNumber(context, service) : null;
  const crashes = { releaseNumber, count, reason, serviceName: service.name, returnTo };
  const line = { key: `crashes:${row.id}`, text: eventLine.instancesCrash(crashes) };
  const release = await store.releases.get(service.id, releaseNumber);
  if (isNew && release !== null) await context.story.tell(service, release.operationId, line);
  else await context.story.event(service, row.id, line);
}

async function previousNumber({ ports }: StepContext, service: Service): Promise<number | null> {
  return (await previousRelease(ports.store, service))?.number ?? null;
}
