/**
 * Gives memory back that a burst of work has left behind. V8 collects when it needs room, and an idle control plane never
 * does: it would stay as large as its busiest minute (150 MiB with 50 services, 117 after a collection). Costs nothing
 * while nothing has grown.
 */
import type { Clock } from "../ports/clock.ts";

const EVERY_MS = 60_000;
const GROWTH_BYTES = 6 * 1024 * 1024;

/** Works where Node was started with --expose-gc, as `bin/slipway.js` asks for; does nothing elsewhere. */
export async function collectGarbage(clock: Clock, end: AbortSignal): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) return;
  let sizeBytes = 0;
  while (!end.aborted) {
    await clock.sleep(EVERY_MS, end).catch(() => undefined);
    if (end.aborted || process.memoryUsage.rss() < sizeBytes + GROWTH_BYTES) continue;
    // "last-resort" also gives emptied pages back to the system; some 0.2 s.
    gc({ type: "major", execution: "sync", flavor: "last-resort" });
    sizeBytes = process.memoryUsage.rss();
  }
}
