/** Events: where adapters tell them, and what sends them on. */
import type { Logger } from "pino";
import { EventDispatcher } from "../observe/events/event-dispatcher.ts";
import { EventSender } from "../observe/events/event-sender.ts";
import { StoredEventRecorder } from "../observe/events/stored-event-recorder.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import { tellDeliveries } from "./debug-lines.ts";
import type { Settings } from "./settings.ts";
import { randomIds, systemClock as clock } from "./system-clock.ts";
import { VERSION } from "./version.ts";

interface EventPartsRequest {
  readonly settings: Settings;
  readonly store: Store;
  readonly vault: Vault;
  readonly logger: Pick<Logger, "error" | "debug" | "isLevelEnabled">;
}

/** For one message, from the name's lookup to the answer's head. */
const SEND_DEADLINE_MS = 10_000;

export function buildEventParts({ settings, store, vault, logger }: EventPartsRequest) {
  const { eventPrivateTargets: arePrivateTargetsAllowed } = settings;
  const recorder = new StoredEventRecorder({
    store,
    onError: (error, { message }) => logger.error({ err: error, event: message }, "an event is not kept"),
  });
  const sender = new EventSender({
    store,
    vault,
    clock,
    scope: settings,
    userAgent: `Slipway/${VERSION}`,
    arePrivateTargetsAllowed,
    deadlineMs: SEND_DEADLINE_MS,
  });
  const dispatcher = new EventDispatcher({
    store,
    sender: tellDeliveries(sender, logger),
    clock,
    ids: randomIds,
    random: () => Math.random(),
    arePrivateTargetsAllowed,
    onError: (error) => logger.error({ err: error }, "events are not sent on"),
  });
  return { recorder, dispatcher };
}
