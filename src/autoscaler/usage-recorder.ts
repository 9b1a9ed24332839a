/** Writes down what the usage meter has counted: what is due each minute, all at the end. A crash costs the minute since. */
import type { UsageHour } from "../domain/usage.ts";
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
    const nowMs = deps.clock.now();
    await write(deps, signal.aborted ? deps.meter.take(nowMs) : deps.meter.takeDue(nowMs));
  }
}

/** What cannot be written is kept for the next time. */
async function write(
  { meter, table, onError }: UsageRecorderDeps,
  hours: readonly UsageHour[],
): Promise<void> {
  if (hours.length === 0) return;
  try {
    await table.add(hours);
  } catch (error) {
    meter.giveBack(hours);
    onError(error);
  }
}
