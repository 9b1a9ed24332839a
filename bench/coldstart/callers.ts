/** Callers who all come at the same time, each on a connection of its own. */
import { httpGet, type Target } from "../support/http-get.ts";
import { stopwatch } from "../support/stopwatch.ts";

export interface Visit {
  /** Until the first and until the last of them had an answer, milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Answered with something else than 200, or not at all. */
  readonly lost: number;
}

export async function visit(target: Target, callers: number): Promise<Visit> {
  const since = stopwatch();
  const ends = await Promise.all(
    Array.from({ length: callers }, async () => {
      const answer = await httpGet(target);
      return { isGood: answer?.status === 200, atMs: since() };
    }),
  );
  const times = ends.map(({ atMs }) => atMs);
  return {
    firstMs: Math.min(...times),
    lastMs: Math.max(...times),
    lost: ends.filter(({ isGood }) => !isGood).length,
  };
}
