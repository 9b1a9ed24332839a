/**
 * Sends events on: routes what is new into the queues of the destinations, and empties each queue in order, one message
 * at a time. Destinations do not wait for each other; of one that fails, the pause grows until it answers again.
 *
 * What is kept here (pauses, who is being served) may be lost at any moment: the queues are in the store.
 */
import type { EventDestination } from "../../domain/event-destination.ts";
import type { Clock, IdSource } from "../../ports/clock.ts";
import type { DeliveredEvent } from "../../ports/event-tables.ts";
import type { EventSending, SendOutcome } from "../../ports/event-sending.ts";
import type { Store } from "../../ports/store.ts";
import type { SentEvent } from "./event-envelope.ts";
import { EventRouter } from "./event-router.ts";
import type { EventSender } from "./event-sender.ts";
import { DELIVERY_MS, isLongAway, pausesAfter } from "./retry-schedule.ts";
import { afterOutcome, isOutdated, settle } from "./settle-delivery.ts";
import { problemOfHost } from "./target-address.ts";

const LOOK_EVERY_MS = 500;
const PAUSE_AFTER_TROUBLE_MS = 5000;
const TIDY_EVERY_MS = 3_600_000;
/** Of each destination. Deliveries are for looking at, dead letters for sending again. */
const DELIVERED_KEPT = 100;
const DEAD_KEPT = 1000;
const ALL = { after: null, limit: 1000 };

export interface EventDispatcherDeps {
  readonly store: Store;
  readonly sender: Pick<EventSender, "send">;
  readonly clock: Clock;
  readonly ids: Pick<IdSource, "hex32">;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly arePrivateTargetsAllowed: boolean;
  readonly onError: (error: unknown) => void;
}

interface Queue {
  readonly arn: string;
  /** Not looked at before this. */
  wakeAtMs: number;
  /** Attempts in a row that failed, of whichever event. */
  failureCount: number;
  /** Something came or changed while it was being emptied. */
  isStirred: boolean;
  /** What waits is tried without regard to pauses, so that the earliest goes first: after a start, or when somebody wants it. */
  isWoken: boolean;
  /** Null while nobody is at it. */
  emptying: Promise<void> | null;
}

export class EventDispatcher implements EventSending {
  readonly #deps: EventDispatcherDeps;
  readonly #queues = new Map<string, Queue>();
  readonly #ending = new AbortController();
  readonly #router: EventRouter;
  #lookedAtMs = 0;
  #tidyAtMs = 0;

  constructor(deps: EventDispatcherDeps) {
    this.#deps = deps;
    this.#router = new EventRouter(deps.store);
  }

  /** Until the signal is aborted; attempts under way are given up and made again after the next start. */
  async run(end: AbortSignal): Promise<void> {
    end.addEventListener("abort", () => this.#ending.abort(), { once: true });
    const { clock, store, onError } = this.#deps;
    let isFirst = true;
    while (!end.aborted) {
      try {
        if (isFirst) for (const { arn } of (await store.eventDestinations.list(ALL)).rows) this.#queueOf(arn);
        isFirst = false;
        await this.#turn(end);
        await clock.sleep(LOOK_EVERY_MS, end);
      } catch (error) {
        if (end.aborted) break;
        onError(error);
        await clock.sleep(PAUSE_AFTER_TROUBLE_MS, end).catch(() => undefined);
      }
    }
    for (const { emptying } of this.#queues.values()) await emptying;
  }

  async ping(destination: EventDestination): Promise<SendOutcome> {
    const { clock, ids, sender } = this.#deps;
    const outcome = await sender.send(destination, pingEvent(destination, ids, clock), this.#ending.signal);
    // What was given up when this process ended is not its fault.
    if (outcome.problem === null || !this.#ending.signal.aborted) await this.#note(destination, outcome);
    if (outcome.problem === null) this.reconsider(destination.arn);
    return outcome;
  }

  /** Whether it answers is known from whatever was sent to it last. */
  async #note(sentTo: EventDestination, outcome: SendOutcome): Promise<void> {
    const { store, clock } = this.#deps;
    await store.transaction(async (tx) => {
      const present = await tx.eventDestinations.get(sentTo.arn);
      if (present === null || isOutdated(present, { sentTo, outcome })) return;
      const changed = afterOutcome(present, outcome, clock.now());
      if (changed !== present) await tx.eventDestinations.save(changed);
    });
  }

  problemOf(url: URL): string | null {
    return problemOfHost(url, this.#deps);
  }

  reconsider(destinationArn: string): void {
    wake(this.#queueOf(destinationArn));
  }

  async #turn(end: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    for (let touched = await this.#router.route(clock.now()); touched !== null && !end.aborted;) {
      for (const arn of touched) {
        const queue = this.#queueOf(arn);
        // One that fails is left alone until its pause is over.
        if (queue.failureCount === 0) stir(queue);
      }
      touched = await this.#router.route(clock.now());
    }
    const nowMs = clock.now();
    if (nowMs < this.#lookedAtMs) this.#forgetTimes();
    this.#lookedAtMs = nowMs;
    if (nowMs >= this.#tidyAtMs) await this.#tidy(nowMs);
    for (const queue of this.#queues.values()) {
      if (queue.emptying !== null || nowMs < queue.wakeAtMs) continue;
      queue.emptying = this.#empty(queue, end).finally(() => void (queue.emptying = null));
    }
  }

  /** The clock was set back: pauses would last as much longer. */
  #forgetTimes(): void {
    this.#tidyAtMs = 0;
    for (const queue of this.#queues.values()) wake(queue);
  }

  /** Never rejects. */
  async #empty(queue: Queue, end: AbortSignal): Promise<void> {
    const { clock, onError } = this.#deps;
    try {
      while (!end.aborted && (await this.#step(queue, end)));
    } catch (error) {
      if (end.aborted) return;
      onError(error);
      queue.wakeAtMs = clock.now() + PAUSE_AFTER_TROUBLE_MS;
    }
  }

  /** False when there is nothing to do before `wakeAtMs`. */
  async #step(queue: Queue, end: AbortSignal): Promise<boolean> {
    const { store, clock } = this.#deps;
    queue.isStirred = false;
    const destination = await store.eventDestinations.get(queue.arn);
    if (destination === null) this.#queues.delete(queue.arn);
    if (destination?.status !== "ENABLED") return this.#rest(queue, Infinity);
    if (queue.isWoken) await store.eventDeliveries.makeDue(queue.arn, clock.now());
    queue.isWoken = false;
    const due = await store.eventDeliveries.findDue(queue.arn, clock.now());
    if (due !== null) return this.#attempt(queue, destination, due, end);
    return this.#rest(queue, (await store.eventDeliveries.nextDueAtMs(queue.arn)) ?? Infinity);
  }

  async #attempt(
    queue: Queue,
    destination: EventDestination,
    { delivery, event }: DeliveredEvent,
    end: AbortSignal,
  ): Promise<boolean> {
    const { store, sender, clock, random } = this.#deps;
    const outcome = await sender.send(destination, event, end);
    // Not its fault: it is tried again after the start.
    if (end.aborted && outcome.problem !== null) return false;
    const nowMs = clock.now();
    queue.failureCount = outcome.problem === null ? 0 : queue.failureCount + 1;
    const { failureCount } = queue;
    const attemptCount = delivery.attemptCount + 1;
    const pauses = pausesAfter({ outcome, attemptCount, failureCount, random: random() });
    await settle(store, delivery, { sentTo: destination, outcome, nowMs, pauseMs: pauses.eventMs });
    if (isLongAway(failureCount)) await store.eventDeliveries.giveUp(queue.arn, nowMs - DELIVERY_MS);
    if (failureCount === 0 || queue.isWoken) return true;
    // What came meanwhile must not overtake what failed.
    queue.wakeAtMs = nowMs + pauses.destinationMs;
    return false;
  }

  #rest(queue: Queue, wakeAtMs: number): boolean {
    if (queue.isStirred) return true;
    queue.wakeAtMs = wakeAtMs;
    return false;
  }

  #queueOf(arn: string): Queue {
    const present = this.#queues.get(arn);
    if (present !== undefined) return present;
    const queue: Queue = {
      arn,
      wakeAtMs: 0,
      failureCount: 0,
      isStirred: false,
      isWoken: true,
      emptying: null,
    };
    this.#queues.set(arn, queue);
    return queue;
  }

  async #tidy(nowMs: number): Promise<void> {
    this.#tidyAtMs = nowMs + TIDY_EVERY_MS;
    const { eventDeliveries } = this.#deps.store;
    for (const arn of this.#queues.keys()) {
      await eventDeliveries.prune(arn, "delivered", DELIVERED_KEPT);
      await eventDeliveries.prune(arn, "dead", DEAD_KEPT);
    }
  }
}

function wake(queue: Queue): void {
  queue.failureCount = 0;
  queue.isWoken = true;
  stir(queue);
}

function stir(queue: Queue): void {
  queue.isStirred = true;
  queue.wakeAtMs = 0;
}

function pingEvent(
  { arn, name }: EventDestination,
  ids: Pick<IdSource, "hex32">,
  clock: Pick<Clock, "now">,
): SentEvent {
  const message = `Events of Slipway reach the destination ${name}.`;
  return {
    id: ids.hex32().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    atMs: clock.now(),
    detailType: "Slipway Destination Test",
    serviceId: null,
    resources: [arn],
    severity: "INFO",
    message,
    detail: { destinationName: name, message, severity: "INFO" },
  };
}
