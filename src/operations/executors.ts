/** The table of executors: one for each verb of the vocabulary, or it does not compile. */
import { setActivity } from "./execute-activity.ts";
import { buildImage, fetchSource, pullImage } from "./execute-artifact.ts";
import {
  addToEdge,
  drainInstance,
  refuseTraffic,
  removeFromEdge,
  restoreRoute,
  switchTraffic,
  unrouteHost,
} from "./execute-edge.ts";
import {
  ensureInstances,
  noteHealth,
  recordEnd,
  removeInstance,
  removeStranger,
  retireInstance,
  startInstance,
  stopInstance,
} from "./execute-instance.ts";
import { beginOperation, enterPhase, failOperation, finishOperation } from "./execute-operation.ts";
import { pinSecrets } from "./execute-secrets.ts";
import type { Effect, Executor, StepContext } from "./executor.ts";
import type { Step, StepName } from "./step.ts";

export const executors: { readonly [Name in StepName]: Executor<Name> } = {
  beginOperation,
  enterPhase,
  pinSecrets,
  pullImage,
  fetchSource,
  buildImage,
  ensureInstances,
  startInstance,
  addToEdge,
  switchTraffic,
  restoreRoute,
  refuseTraffic,
  unrouteHost,
  setActivity,
  noteHealth,
  recordEnd,
  retireInstance,
  drainInstance,
  removeFromEdge,
  stopInstance,
  removeInstance,
  removeStranger,
  failOperation,
  finishOperation,
};

/** Acts outside of the database, and returns what is to be recorded. */
export function execute(step: Step, context: StepContext, signal: AbortSignal): Promise<Effect> {
  // The table is keyed by the step's own name, which a union cannot express.
  const executor = executors[step.name] as Executor<StepName>;
  return executor(step, context, signal);
}
