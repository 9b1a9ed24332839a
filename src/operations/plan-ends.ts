/** Instances that ended by themselves: the record follows what the engine says. */
import type { Instance } from "../domain/instance.ts";
import type { InstanceExit } from "../ports/container-engine.ts";
import { type Decision, NOTHING, act } from "./decision.ts";
import { STOPPED_WITH_ALL, VANISHED } from "./failure.ts";
import { type Observed, isRunningStep, isStaying } from "./observed.ts";
import type { Step } from "./step.ts";

export function planEnds(observed: Observed): Decision {
  const { engine } = observed;
  if (engine === "unknown") return NOTHING;
  const steps: Step[] = [];
  for (const row of observed.instances) {
    if (!isStaying(row) || isRunningStep(observed, "startInstance", row.id)) continue;
    const container = engine.get(row.id);
    if (container?.state === "exited") steps.push(ended(row, container.exit));
    else if (container === undefined && row.state !== "starting") {
      steps.push({ name: "recordEnd", instanceId: row.id, exit: null, reason: VANISHED });
    }
  }
  return act(...steps);
}

function ended(row: Instance, exit: InstanceExit): Step {
  // Its exit code says nothing of the application.
  if (exit.wasStopped === true) {
    return { name: "recordEnd", instanceId: row.id, exit: null, reason: STOPPED_WITH_ALL };
  }
  const reason =
    exit.startProblem ?? (exit.isOutOfMemory ? "out of memory" : `exited with code ${exit.exitCode}`);
  return { name: "recordEnd", instanceId: row.id, exit, reason };
}
