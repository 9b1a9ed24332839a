/** What becomes of a delivery by an attempt: delivered, tried again, or a dead letter; a 410 disables the destination. */
import type { EventDestination } from "../../domain/event-destination.ts";
import type { EventDelivery } from "../../ports/event-tables.ts";
import type { SendOutcome } from "../../ports/event-sending.ts";
import type { Store } from "../../ports/store.ts";
import { DELIVERY_MS } from "./retry-schedule.ts";

/** The endpoint says that it is gone for good. */
const STATUS_GONE = 410;
const GONE = "the endpoint answered 410: it does not want any more events";

export interface Attempt {
  /** As it was when the attempt began. */
  readonly sentTo: EventDestination;
  readonly outcome: SendOutcome;
  readonly nowMs: number;
  /** Of the event, before it is tried again. */
  readonly pauseMs: number;
}

/** Pure. */
function afterAttempt(delivery: EventDelivery, { outcome, nowMs, pauseMs }: Attempt): EventDelivery {
  const tried = {
    ...delivery,
    attemptCount: delivery.attemptCount + 1,
    lastAttemptAtMs: nowMs,
    lastStatus: outcome.status,
    lastProblem: outcome.problem,
  };
  if (outcome.problem === null) return { ...tried, state: "delivered" };
  const isOver = nowMs >= delivery.queuedAtMs + DELIVERY_MS || outcome.status === STATUS_GONE;
  return isOver ? { ...tried, state: "dead" } : { ...tried, dueAtMs: nowMs + pauseMs };
}

/** What is known of the destination itself after an attempt; the same object where nothing is new. */
export function afterOutcome(
  destination: EventDestination,
  { problem }: Pick<SendOutcome, "problem">,
  nowMs: number,
): EventDestination {
  const { failure, ...rest } = destination;
  if (failure?.problem === problem || (failure === undefined && problem === null)) return destination;
  return problem === null ? rest : { ...rest, failure: { sinceMs: failure?.sinceMs ?? nowMs, problem } };
}

/** A failure says nothing of a destination that was changed meanwhile, perhaps to another address. */
export function isOutdated(
  present: EventDestination,
  { sentTo, outcome }: Pick<Attempt, "sentTo" | "outcome">,
): boolean {
  return outcome.problem !== null && present.updatedAtMs !== sentTo.updatedAtMs;
}

/** Nothing is kept for a destination that was deleted meanwhile; one that was changed is tried again as it is now. */
export async function settle(store: Store, delivery: EventDelivery, attempt: Attempt): Promise<void> {
  await store.transaction(async (tx) => {
    const destination = await tx.eventDestinations.get(delivery.destinationArn);
    if (destination === null || isOutdated(destination, attempt)) return;
    await tx.eventDeliveries.save(afterAttempt(delivery, attempt));
    const { outcome, nowMs: updatedAtMs } = attempt;
    const changed = afterOutcome(destination, outcome, updatedAtMs);
    if (outcome.status === STATUS_GONE) {
      await tx.eventDestinations.save({ ...changed, status: "DISABLED", problem: GONE, updatedAtMs });
    } else if (changed !== destination) await tx.eventDestinations.save(changed);
  });
}
