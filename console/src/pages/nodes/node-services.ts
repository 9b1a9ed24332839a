/** The instances of a machine as its picture shows them. Pure. */
import type { Output } from "../../api/wire.ts";

export type Node = Output<"Slipway.ListNodes">["Nodes"][number];
export type NodeInstance = Node["Instances"][number];

export interface NodeService {
  readonly id: string;
  readonly name: string;
  readonly instances: readonly NodeInstance[];
}

export type CellLook = "serving" | "idle" | "starting" | "leaving";

/** By service, in the order of the answer; those that serve come first. */
export function byService(instances: readonly NodeInstance[]): readonly NodeService[] {
  const groups = Map.groupBy(instances, ({ ServiceId: id }) => id);
  return [...groups].map(([id, some]) => ({
    id,
    name: some[0]?.ServiceName ?? id,
    instances: some.toSorted((one, other) => ORDER.indexOf(lookOf(one)) - ORDER.indexOf(lookOf(other))),
  }));
}

export function lookOf({ State: state, Activity: given }: NodeInstance): CellLook {
  if (state === "ready") return given === "run" ? "serving" : "idle";
  if (state === "idle") return "idle";
  return state === "starting" || state === "warming" ? "starting" : "leaving";
}

/** How many there are of each look, without those that nobody has. */
export function looksOf(instances: readonly NodeInstance[]): readonly (readonly [CellLook, number])[] {
  return ORDER.map((look) => [look, instances.filter((one) => lookOf(one) === look).length] as const).filter(
    ([, count]) => count > 0,
  );
}

const ORDER: readonly CellLook[] = ["serving", "idle", "starting", "leaving"];

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Where a key leads among so many cells; null: it is none of ours. */
export function cellAfter(key: string, { at, count }: { readonly at: number; readonly count: number }) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = STEPS[key];
  return step === undefined ? null : Math.min(count - 1, Math.max(0, at + step));
}
