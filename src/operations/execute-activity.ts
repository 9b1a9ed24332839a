/** The step that lets an instance rest, or wakes it. */
import type { Instance, InstanceActivity } from "../domain/instance.ts";
import { type Executor, NO_EFFECT, type StepContext } from "./executor.ts";
import { activityOf } from "./observed.ts";
import { changeInstance } from "./rows.ts";

export const setActivity: Executor<"setActivity"> = async (step, context, signal) => {
  const { instanceId, slot, activity } = step;
  const row = await context.ports.store.instances.get(instanceId);
  if (row === null || (row.state !== "ready" && row.state !== "idle")) return NO_EFFECT;
  // A frozen instance answers no check: it leaves them before, and comes back after it can answer.
  if (activity === "freeze") await setCheck(context, { slot, row, isOn: false }, signal);
  await context.ports.engine.setActivity(instanceId, activity, signal);
  if (activity !== "freeze") await setCheck(context, { slot, row, isOn: true }, signal);
  return (tx) => changeInstance(tx, instanceId, ["ready", "idle"], () => stateOf(activity));
};

interface CheckChange {
  readonly slot: number;
  readonly row: Instance;
  readonly isOn: boolean;
}

/** Free when nothing changes, as for all that are only throttled. */
async function setCheck(
  { ports }: StepContext,
  { slot, row, isOn }: CheckChange,
  signal: AbortSignal,
): Promise<void> {
  if (isOn && activityOf(row) !== "freeze") return;
  await ports.edge.setServerCheck(slot, row.id, isOn, signal);
}

function stateOf(activity: InstanceActivity): Pick<Instance, "state" | "activity"> {
  return { state: activity === "run" ? "ready" : "idle", activity };
}
