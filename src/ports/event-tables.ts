/** The tables of events and of their deliveries: a part of the store. */
import type { EventDetailType, EventSeverity, NewEvent, PlatformEvent } from "../domain/event.ts";
import type { Page, PageRequest } from "./page.ts";

/** What happened. The store gives each event its id. */
export interface EventTable {
  append(event: NewEvent): Promise<void>;
  /** Not again when the key was told within the week before: false then. */
  appendOnce(key: string, event: NewEvent): Promise<boolean>;
  /** By id, oldest first. */
  find(ids: readonly string[]): Promise<readonly RecordedEvent[]>;
  /** Newest first. */
  list(query: EventQuery, page: PageRequest): Promise<Page<RecordedEvent>>;
  /** In the order they were told. */
  listAfter(sequence: number, limit: number): Promise<readonly RecordedEvent[]>;
  /** 0 when there is none. */
  latestSequence(): Promise<number>;
  prune(limits: EventLimits): Promise<void>;
}

export interface EventLimits {
  readonly beforeMs: number;
  /** The newest of each service, and of what concerns none. */
  readonly keepPerService: number;
  /** Of all together. */
  readonly keep: number;
}

export interface RecordedEvent {
  /** Grows with each event. */
  readonly sequence: number;
  readonly event: PlatformEvent;
}

/** Times from `fromMs` on and before `toMs`. Empty lists mean all. */
export interface EventQuery {
  readonly serviceId?: string;
  readonly detailTypes?: readonly EventDetailType[];
  readonly severities?: readonly EventSeverity[];
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** One event on its way to one destination. */
export interface EventDelivery {
  readonly destinationArn: string;
  readonly eventSequence: number;
  readonly state: "pending" | "delivered" | "dead";
  readonly attemptCount: number;
  /** Not tried before this. */
  readonly dueAtMs: number;
  /** Its time to be delivered counts from here. */
  readonly queuedAtMs: number;
  readonly lastAttemptAtMs: number | null;
  /** HTTP status of the last answer; null when there was none. */
  readonly lastStatus: number | null;
  /** Why the last attempt failed; null when it did not. */
  readonly lastProblem: string | null;
}

/** One that was not tried yet. */
export function newDelivery(destinationArn: string, eventSequence: number, nowMs: number): EventDelivery {
  return {
    destinationArn,
    eventSequence,
    state: "pending",
    attemptCount: 0,
    dueAtMs: nowMs,
    queuedAtMs: nowMs,
    lastAttemptAtMs: null,
    lastStatus: null,
    lastProblem: null,
  };
}

export interface EventDeliveryTable {
  /** Replaces what is known of the same event on its way to the same destination. */
  save(delivery: EventDelivery): Promise<void>;
  /** The pending one of the earliest event that is due. */
  findDue(destinationArn: string, nowMs: number): Promise<DeliveredEvent | null>;
  /** When the next pending one is due; null when nothing is pending. */
  nextDueAtMs(destinationArn: string): Promise<number | null>;
  countPending(destinationArn: string): Promise<number>;
  /** Newest event first. */
  list(
    destinationArn: string,
    state: EventDelivery["state"],
    page: PageRequest,
  ): Promise<Page<DeliveredEvent>>;
  /** All that is pending may be tried from now on. */
  makeDue(destinationArn: string, nowMs: number): Promise<void>;
  /** Pending ones that were due at that time or before become dead letters. */
  giveUp(destinationArn: string, dueUntilMs: number): Promise<void>;
  removeAll(destinationArn: string): Promise<void>;
  /** Forgets all but the newest of those that ended so. */
  prune(destinationArn: string, state: "delivered" | "dead", keep: number): Promise<void>;
}

export interface DeliveredEvent {
  readonly delivery: EventDelivery;
  readonly event: PlatformEvent;
}
