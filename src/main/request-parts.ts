/** Requests, from the edge to all who want to know of them. */
import type { Logger } from "pino";
import { parseExtensions } from "../domain/extension.ts";
import { AccessLog } from "../observe/requests/access-log.ts";
import { SlotOwners } from "../observe/requests/slot-owners.ts";
import type { RequestConsumer, RequestLog } from "../ports/request-log.ts";
import type { AccessLogWriter } from "../ports/service-log.ts";
import type { Store } from "../ports/store.ts";
import { systemClock } from "./system-clock.ts";

const WANTED_EVERY_MS = 1_000;
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
  const wanted = new Map<string, { readonly isWanted: boolean; readonly readAtMs: number }>();
  const accessLog = new AccessLog(log, (id) => wanted.get(id)?.isWanted === true, now);
  const consumers = [metrics.collector, traces.tracer, requestSamples, accessLog].filter(
    (consumer) => consumer !== null,
  );
  while (!end.aborted) {
    try {
      for await (const { records, lost } of edge.requests(end)) {
        const requests = await owners.withOwners(records);
        const ids = new Set(requests.flatMap(({ service }) => (service === null ? [] : [service.id])));
        await readWanted(ids, wanted, store);
        for (const consumer of consumers) consumer.take(requests, lost);
      }
    } catch (error) {
      logger.error({ err: error }, "requests are not told of for a moment");
      await systemClock.sleep(AGAIN_MS, end).catch(() => undefined);
    }
  }
}

/** By the services' tags as they are now. */
async function readWanted(
  ids: ReadonlySet<string>,
  wanted: Map<string, { readonly isWanted: boolean; readonly readAtMs: number }>,
  store: Store,
): Promise<void> {
  const nowMs = systemClock.now();
  for (const id of ids) {
    if (nowMs - (wanted.get(id)?.readAtMs ?? 0) < WANTED_EVERY_MS) continue;
    const service = await store.services.get(id);
    const tags = service === null ? [] : await store.tags.list(service.arn);
    wanted.set(id, { isWanted: hasAccessLog(tags), readAtMs: nowMs });
  }
}

function hasAccessLog(tags: Parameters<typeof parseExtensions>[0]): boolean {
  try {
    return parseExtensions(tags).hasAccessLog;
  } catch {
    return false;
  }
}
