/** Time from a call until something is seen from outside. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, httpGet, type Target } from "../support/http-get.ts";

/** The same for all that is measured, so that none is seen sooner. */
const POLL_MS = 2;
const DEADLINE_MS = 60_000;

/** Asks again and again until the answer is the one waited for. */
export async function untilAnswer(target: Target, isIt: (answer: Answer) => boolean): Promise<Answer> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await httpGet(target);
    if (answer !== null && isIt(answer)) return answer;
    if (performance.now() > deadlineMs)
      throw new Error(`${target.host} still answers ${JSON.stringify(answer)}`);
    await sleep(POLL_MS);
  }
}

export const isOk = ({ status }: Answer): boolean => status === 200;
