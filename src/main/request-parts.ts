/** Requests, from the edge to all who want to know of them. */
import type { Logger } from "pino";
import { AccessLog } from "../observe/requests/access-log.ts";
import { SlotOwners } from "../observe/requests/slot-owners.ts";
import type { RequestConsumer, RequestLog } from "../ports/request-log.ts";
import type { AccessLogWriter } from "../ports/service-log.ts";
import type { Store } from "../ports/store.ts";
import { systemClock } from "./system-clock.ts";

const AGAIN_MS = 1_000;

interface RequestPartsRequest {
  readonly store: Store;
  readonly edge: RequestLog;
  readonly log: AccessLogWriter;
  readonly metrics: { readonly collector: RequestConsumer };
  /** Null: no collector is set. */
  readonly traces: { readonly tracer: RequestConsumer | null };
  readonly requestSamples: RequestConsumer;
  readonly logger: Pick<Logger, "error">;
}

/** Runs until the signal is aborted. */
export async function tellOfRequests(request: RequestPartsRequest, end: AbortSignal): Promise<void> {
  const { store, edge, log, logger, metrics, traces, requestSamples } = request;
  const now = () => systemClock.now();
  const owners = new SlotOwners(store, now);
  const accessLog = new AccessLog(log, now);
  const consumers = [metrics.collector, traces.tracer, requestSamples, accessLog].filter(
    (consumer) => consumer !== null,
  );
  while (!end.aborted) {
    try {
      for await (const { records, lost } of edge.requests(end)) {
        const requests = await owners.withOwners(records);
        for (const consumer of consumers) consumer.take(requests, lost);
      }
    } catch (error) {
      logger.error({ err: error }, "requests are not told of for a moment");
      await systemClock.sleep(AGAIN_MS, end).catch(() => undefined);
    }
  }
}
