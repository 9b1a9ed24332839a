/** Instances that ended by themselves: the record follows what the engine says. */
import type { Instance } from "../domain/instance.ts";
import type { InstanceExit } from "../ports/container-engine.ts";
import { type Decision, NOTHING, act } from "./decision.ts";
import { DISK_FULL, STOPPED_WITH_ALL, VANISHED } from "./failure.ts";
import { healthMember } from "./health-problem.ts";
import { type Observed, isRunningStep, isStaying } from "./observed.ts";
import type { Step } from "./step.ts";

export function planEnds(observed: Observed): Decision {
  const { engine } = observed;
  if (engine === "unknown") return NOTHING;
  const steps: Step[] = [];
  for (const row of observed.instances) {
    if (!isStaying(row) || isRunningStep(observed, "startInstance", row.id)) continue;
    const container = engine.get(row.id);
    if (container?.state === "exited") steps.push(ended(observed, row, container.exit));
    else if (container === undefined && row.state !== "starting") {
      steps.push({ name: "recordEnd", instanceId: row.id, exit: null, end: "lost", reason: VANISHED });
    }
  }
  return act(...steps);
}

function ended(observed: Observed, row: Instance, exit: InstanceExit): Step {
  const step = { name: "recordEnd", instanceId: row.id } as const;
  // Its exit code says nothing of the application.
  if (exit.wasStopped === true) return { ...step, exit: null, end: "shut-down", reason: STOPPED_WITH_ALL };
  if (exit.startProblem !== undefined) {
    return { ...step, exit, end: "start-failed", reason: exit.startProblem };
  }
  const health = healthMember(observed, row.id);
  if (exit.isOutOfMemory) return { ...step, ...health, exit, end: "out-of-memory", reason: "out of memory" };
  if (exit.isDiskFull === true) return { ...step, ...health, exit, end: "disk-full", reason: DISK_FULL };
  return { ...step, ...health, exit, end: "exited", reason: `exited with code ${exit.exitCode}` };
}
