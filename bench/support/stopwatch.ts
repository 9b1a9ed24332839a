/** Time from a call until something is seen from outside. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, httpGet, type Target } from "./http-get.ts";

export interface Patience {
  /** The same for all that is compared, so that none is seen sooner. */
  readonly everyMs: number;
  readonly timeoutMs: number;
}

const IMPATIENT: Patience = { everyMs: 2, timeoutMs: 60_000 };

/** Asks again and again until the answer is the one waited for. */
export async function untilAnswer(
  target: Target,
  isIt: (answer: Answer) => boolean,
  { everyMs, timeoutMs }: Patience = IMPATIENT,
): Promise<Answer> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await httpGet(target);
    if (answer !== null && isIt(answer)) return answer;
    if (performance.now() > deadlineMs)
      throw new Error(`${target.host} still answers ${JSON.stringify(answer)}`);
    await sleep(everyMs);
  }
}

export const isOk = ({ status }: Answer): boolean => status === 200;

/** Milliseconds since it was made. */
export function stopwatch(): () => number {
  const startMs = performance.now();
  return () => performance.now() - startMs;
}
