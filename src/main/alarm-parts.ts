/** Alarms put together: who looks at them. */
import type { Logger } from "pino";
import { AlarmEvaluator } from "../observe/alarms/alarm-evaluator.ts";
import type { MetricReader } from "../ports/metrics.ts";
import type { Store } from "../ports/store.ts";
import { systemClock as clock } from "./system-clock.ts";

interface AlarmPartsRequest {
  readonly store: Store;
  readonly reader: MetricReader;
  readonly logger: Pick<Logger, "error">;
}

/** Until the signal is aborted. */
export function runAlarms({ store, reader, logger }: AlarmPartsRequest, end: AbortSignal): Promise<void> {
  const onError = (error: unknown, alarm: string | null) =>
    logger.error({ err: error, alarm }, "an alarm cannot be evaluated");
  return new AlarmEvaluator({ store, reader, clock, onError }).run(end);
}
