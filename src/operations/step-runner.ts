/**
 * Runs one step with its journal: an entry before the act, its end in the same transaction as the act's effect on the
 * rows. A crash in between leaves an open entry, and a plan that asks for the step again: steps are idempotent.
 */
import type { JournalEntry } from "../ports/store.ts";
import type { StepContext } from "./executor.ts";
import { execute } from "./executors.ts";
import type { Step } from "./step.ts";

/** Called after each write to the journal, and waited for. Tests kill the process here. */
export type JournalHook = (entry: JournalEntry) => void | Promise<void>;

/** No act outside may hang longer; those that may take long by nature add their own time. */
const ACT_MS = 30_000;

export interface StepRun {
  readonly step: Step;
  readonly operationId: string | null;
  /** How long the act may take on top of the usual, milliseconds. */
  readonly extraMs: number;
}

/** Throws what the act threw, after journalling that; an aborted signal leaves the entry open, as a crash would. */
export async function runStep(
  { step, operationId, extraMs }: StepRun,
  context: StepContext,
  onJournal: JournalHook | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock } = context.ports;
  const { name, ...stepArguments } = step;
  const begun = {
    serviceId: context.serviceId,
    operationId,
    step: name,
    argumentsJson: JSON.stringify(stepArguments),
    startedAtMs: clock.now(),
  };
  const sequence = await store.journal.begin(begun);
  const entry: JournalEntry = { ...begun, sequence, status: "started", error: null, endedAtMs: null };
  await onJournal?.(entry);
  try {
    const deadline = AbortSignal.timeout(ACT_MS + extraMs);
    const effect = await execute(step, context, AbortSignal.any([signal, deadline]));
    const end = { status: "done", error: null, endedAtMs: clock.now() } as const;
    await store.transaction(async (tx) => {
      await effect(tx);
      await tx.journal.end(sequence, end);
    });
    await onJournal?.({ ...entry, ...end });
  } catch (error) {
    if (signal.aborted) throw error;
    const end = { status: "failed", error: messageOf(error), endedAtMs: clock.now() } as const;
    await store.journal.end(sequence, end);
    await onJournal?.({ ...entry, ...end });
    throw error;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
