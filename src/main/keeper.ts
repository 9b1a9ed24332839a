/**
 * Keeps what services stand on: the edge's supervisor and proxy, the engine's network and firewall rules. Somebody may
 * kill, restart or flush any of them; each `prepare` mends what it finds and costs little when all is well.
 */
import { isSlipwayError } from "../domain/error.ts";
import type { Clock } from "../ports/clock.ts";

export interface Kept {
  readonly name: string;
  readonly everyMs: number;
  prepare(signal: AbortSignal): Promise<void>;
}

export interface KeeperContext {
  readonly clock: Clock;
  readonly end: AbortSignal;
  /** Told when something is missing (one line, what to do in it), and null when it is back. Not repeated. */
  readonly onChange: (name: string, problem: string | null) => void;
}

const RETRY_MS = 1_000;

/** Resolves to true when it is there, to false when everything was ended before. Never rejects. */
export async function prepareUntilReady(kept: Kept, context: KeeperContext): Promise<boolean> {
  let told: string | null = null;
  while (!context.end.aborted) {
    const problem = await prepareOnce(kept, context.end);
    if (context.end.aborted) return false;
    if (problem !== told) context.onChange(kept.name, problem);
    if (problem === null) return true;
    told = problem;
    await pause(RETRY_MS, context);
  }
  return false;
}

/** Looks again and again until the end. */
export async function keep(kept: Kept, context: KeeperContext): Promise<void> {
  while (!context.end.aborted) {
    await pause(kept.everyMs, context);
    if (!context.end.aborted) await prepareUntilReady(kept, context);
  }
}

async function prepareOnce(kept: Kept, end: AbortSignal): Promise<string | null> {
  try {
    await kept.prepare(end);
    return null;
  } catch (error) {
    if (end.aborted) return null;
    // A surprise is told as well, and must not end the control plane: it may be gone at the next look.
    return isSlipwayError(error) ? error.message : `unexpected: ${String(error)}`;
  }
}

async function pause(durationMs: number, { clock, end }: KeeperContext): Promise<void> {
  await clock.sleep(durationMs, end).catch(() => undefined);
}
