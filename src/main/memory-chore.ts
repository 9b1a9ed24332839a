/**
 * Gives memory back that a burst of work has left behind. V8 collects when it needs room, and an idle control plane never
 * does: it would stay as large as its busiest minute. A collection takes some 50 ms, once a minute, of nobody's request.
 */
import type { Clock } from "../ports/clock.ts";

const EVERY_MS = 60_000;

/** Works where Node was started with --expose-gc, as `slipway up` does; does nothing elsewhere. */
export async function collectGarbage(clock: Clock, end: AbortSignal): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) return;
  while (!end.aborted) {
    await clock.sleep(EVERY_MS, end).catch(() => undefined);
    if (!end.aborted) gc();
  }
}
