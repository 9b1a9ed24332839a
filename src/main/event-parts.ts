/** Events: where adapters tell them, and what sends them on. */
import type { Logger } from "pino";
import { StoredEventRecorder } from "../observe/events/stored-event-recorder.ts";
import type { Store } from "../ports/store.ts";

interface EventPartsRequest {
  readonly store: Store;
  readonly logger: Pick<Logger, "error">;
}

export function buildEventParts({ store, logger }: EventPartsRequest) {
  const recorder = new StoredEventRecorder({
    store,
    onError: (error, { message }) => logger.error({ err: error, event: message }, "an event is not kept"),
  });
  return { recorder };
}
