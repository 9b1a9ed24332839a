/** What becomes of a delivery by an attempt: delivered, tried again, or a dead letter; a 410 disables the destination. */
import type { EventDelivery } from "../../ports/event-tables.ts";
import type { SendOutcome } from "../../ports/event-sending.ts";
import type { Store } from "../../ports/store.ts";
import { DELIVERY_MS } from "./retry-schedule.ts";

/** The endpoint says that it is gone for good. */
const STATUS_GONE = 410;
const GONE = "the endpoint answered 410: it does not want any more events";

export interface Attempt {
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

/** Nothing is kept for a destination that was deleted meanwhile. */
export async function settle(store: Store, delivery: EventDelivery, attempt: Attempt): Promise<void> {
  await store.transaction(async (tx) => {
    const destination = await tx.eventDestinations.get(delivery.destinationArn);
    if (destination === null) return;
    await tx.eventDeliveries.save(afterAttempt(delivery, attempt));
    if (attempt.outcome.status !== STATUS_GONE) return;
    const { nowMs: updatedAtMs } = attempt;
    await tx.eventDestinations.save({ ...destination, status: "DISABLED", problem: GONE, updatedAtMs });
  });
}
