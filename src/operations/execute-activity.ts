/** The step that lets an instance rest, or wakes it. */
import type { Instance, InstanceActivity } from "../domain/instance.ts";
import { type Effect, type Executor, NO_EFFECT } from "./executor.ts";
import { activityOf } from "./observed.ts";
import { changeInstance } from "./rows.ts";

/**
 * Rest is on record before it begins, and its end when it has ended: a crash in between may leave an instance awake that is
 * said to rest, which costs a little, but none frozen or unchecked that is said to be awake, which would cost every request.
 */
export const setActivity: Executor<"setActivity"> = async (step, context, signal) => {
  const { instanceId, slot, activity } = step;
  const { store, engine, edge } = context.ports;
  const row = await store.instances.get(instanceId);
  if (row === null || (row.state !== "ready" && row.state !== "idle")) return NO_EFFECT;
  const record: Effect = (tx) => changeInstance(tx, instanceId, ["ready", "idle"], () => stateOf(activity));
  const wasFrozen = activityOf(row) === "freeze";
  if (activity !== "run" && !wasFrozen) await store.transaction(record);
  // A frozen instance answers no check: it leaves them before, and comes back when it can answer again.
  if (activity === "freeze") await edge.setServerCheck(slot, instanceId, false, signal);
  await engine.setActivity(instanceId, activity, signal);
  if (activity !== "freeze" && wasFrozen) await edge.setServerCheck(slot, instanceId, true, signal);
  return record;
};

function stateOf(activity: InstanceActivity): Pick<Instance, "state" | "activity"> {
  return { state: activity === "run" ? "ready" : "idle", activity };
}
