/** Waiting for a condition with a deadline: the only way tests wait. */
import { setTimeout as sleep } from "node:timers/promises";

interface WaitOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** Named in the error when the time is up. */
  readonly what?: string;
}

/** Polls until the probe gives something else than undefined, null or false. Its last error ends in the message. */
export async function waitFor<Value>(
  probe: () => Promise<Value | undefined | null | false> | Value | undefined | null | false,
  { timeoutMs = 30_000, everyMs = 50, what = "the condition" }: WaitOptions = {},
): Promise<Value> {
  const deadlineMs = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > deadlineMs) {
      throw new Error(`${what} did not come true within ${timeoutMs} ms`, { cause: lastError });
    }
    await sleep(everyMs);
  }
}
