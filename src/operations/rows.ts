/**
 * Changes of single rows inside a transaction: read again, checked against the state tables, finished things untouched.
 * What changes of a status here is told as an event in the same transaction: once, whatever ends the process.
 */
import { type Instance, type InstanceState, toInstanceState } from "../domain/instance.ts";
import { instanceEndedEvent, operationEvent, serviceStatusEvent } from "../domain/service-event.ts";
import { type Operation, type OperationPhase, isFinished, toOperationStatus } from "../domain/operation.ts";
import { type Service, toServiceStatus } from "../domain/service.ts";
import type { Tables } from "../ports/store.ts";

const MOST_PHASES = 32;

/** Does nothing to an operation that has finished (invariant 5): false then. */
export async function changeOperation(
  tx: Tables,
  key: { readonly serviceId: string; readonly id: string },
  nowMs: number,
  change: (present: Operation) => Partial<Operation>,
): Promise<boolean> {
  const present = await tx.operations.get(key.serviceId, key.id);
  if (present === null || isFinished(present)) return false;
  const next = withPhases(present, { ...present, ...change(present), updatedAtMs: nowMs });
  toOperationStatus(present.status, next.status);
  await tx.operations.save(next);
  const event = present.status === next.status ? null : operationEvent(next, nowMs);
  if (event !== null) await tx.events.append(event);
  return true;
}

/** Nor to one that has failed: a deadline or who cancelled it came first, and the first cause stays. */
export async function changeUnfailed(
  tx: Tables,
  key: { readonly serviceId: string; readonly id: string },
  nowMs: number,
  change: (present: Operation) => Partial<Operation>,
): Promise<boolean> {
  const present = await tx.operations.get(key.serviceId, key.id);
  return present?.cause === null && (await changeOperation(tx, key, nowMs, change));
}

export function inPhase(phase: OperationPhase, nowMs: number): Partial<Operation> {
  return { phase, phaseStartedAtMs: nowMs };
}

/** What it is at for the second time (an image that went away) is told again; there are no more than a few. */
function withPhases(present: Operation, next: Operation): Operation {
  if (present.phase === next.phase || present.phases === undefined) return next;
  const started = { phase: next.phase, startedAtMs: next.phaseStartedAtMs };
  return { ...next, phases: [...present.phases, started].slice(-MOST_PHASES) };
}

export async function changeService(
  tx: Tables,
  id: string,
  nowMs: number,
  change: (present: Service) => Partial<Service>,
): Promise<void> {
  const present = await tx.services.get(id);
  if (present === null) return;
  const next = { ...present, ...change(present), updatedAtMs: nowMs };
  toServiceStatus(present.status, next.status);
  await tx.services.save(next);
  if (present.status === next.status) return;
  const tags = next.status === "DELETED" ? { tags: await tx.tags.list(next.arn) } : {};
  await tx.events.append(serviceStatusEvent(next, present.status, { atMs: nowMs, ...tags }));
}

/** Changes an instance while it is in one of `from`; else does nothing: something else came first. */
export async function changeInstance(
  tx: Tables,
  id: string,
  from: readonly InstanceState[],
  change: (present: Instance) => Partial<Instance>,
): Promise<void> {
  const present = await tx.instances.get(id);
  if (present === null || !from.includes(present.state)) return;
  const next = { ...present, ...change(present) };
  toInstanceState(present.state, next.state);
  await tx.instances.save(next);
  if (isEnd(present.state, next.state)) await tellEnd(tx, next);
}

/** Each instance passes here once: it fails, or it drains and its container goes. */
function isEnd(from: InstanceState, to: InstanceState): boolean {
  return (to === "failed" && from !== "failed") || (to === "stopped" && from === "draining");
}

async function tellEnd(tx: Tables, instance: Instance): Promise<void> {
  const service = await tx.services.get(instance.serviceId);
  if (service === null || instance.stoppedAtMs === null) return;
  await tx.events.append(instanceEndedEvent(service, instance, instance.stoppedAtMs));
}
