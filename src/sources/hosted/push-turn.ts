/**
 * One push at a time is stored in a repository: two could each fill what is left of its quota. The others wait for a while,
 * and are told to come again.
 */
import type { Turns } from "../git/turns.ts";
import { LastWords } from "./http-backend.ts";

export interface PushTimesMs {
  /** How long a push waits for those before it. */
  readonly turn: number;
  /** How long storing may take. */
  readonly store: number;
}

export interface PushTurn {
  /** The push is stored, or it is over. */
  readonly end: () => void;
  /** Aborted when it took too long. */
  readonly signal: AbortSignal;
}

interface PushWish {
  readonly name: string;
  readonly timesMs: PushTimesMs;
  readonly signal: AbortSignal;
}

/** Null: those before it are not done yet. Throws the signal's reason. */
export async function takePushTurn(
  turns: Turns,
  { name, timesMs, signal }: PushWish,
): Promise<PushTurn | null> {
  const patience = AbortSignal.timeout(timesMs.turn);
  const ended = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const work = (): Promise<void> => {
    begun.resolve();
    return ended.promise;
  };
  turns.take(name, AbortSignal.any([signal, patience]), work).catch(begun.reject);
  try {
    await begun.promise;
  } catch (error) {
    signal.throwIfAborted();
    if (patience.aborted) return null;
    throw error;
  }
  return startTurn(timesMs.store, ended.resolve);
}

function startTurn(storeMs: number, onEnd: () => void): PushTurn {
  const late = new AbortController();
  const minutes = Math.round(storeMs / 6000) / 10;
  const words = new LastWords(
    `The push was not stored within ${minutes} minutes. Push less at once, commit by commit.`,
  );
  const timer = setTimeout(() => late.abort(words), storeMs);
  const end = (): void => {
    clearTimeout(timer);
    onEnd();
  };
  return { end, signal: late.signal };
}
