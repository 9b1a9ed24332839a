/** Writes down what the usage meter has counted: each minute and at the end. A crash costs the minute since. */
import type { Clock } from "../ports/clock.ts";
import type { UsageTable } from "../ports/store.ts";
import type { UsageMeter } from "./usage-meter.ts";

export interface UsageRecorderDeps {
  readonly meter: UsageMeter;
  readonly table: Pick<UsageTable, "add">;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

const FLUSH_MS = 60_000;

/** Ends when the signal is aborted and all is written. */
export async function recordUsage(deps: UsageRecorderDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await deps.clock.sleep(FLUSH_MS, signal).catch(() => undefined);
    await flush(deps);
  }
}

/** What cannot be written is kept for the next time. */
async function flush({ meter, table, clock, onError }: UsageRecorderDeps): Promise<void> {
  const hours = meter.take(clock.now());
  if (hours.length === 0) return;
  try {
    await table.add(hours);
  } catch (error) {
    meter.giveBack(hours);
    onError(error);
  }
}
