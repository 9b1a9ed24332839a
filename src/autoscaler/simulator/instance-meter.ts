/**
 * How long instances are there and how long they are active, by App Runner's rule: from the first request until none is left,
 * by the second, and for a minute at least each time one becomes active or is started.
 */

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const LEAST_ACTIVE_MS = 60_000;

/** One instance's account. */
export interface Account {
  readonly beganMs: number;
  /** Paid up to here. */
  activeUntilMs: number;
}

/** Instances times hours. */
export interface InstanceUse {
  readonly provisionedHours: number;
  readonly activeHours: number;
}

export class InstanceMeter {
  #provisionedMs = 0;
  #activeMs = 0;

  get use(): InstanceUse {
    return { provisionedHours: this.#provisionedMs / HOUR_MS, activeHours: this.#activeMs / HOUR_MS };
  }

  /** There before the simulation began. */
  adopt(nowMs: number): Account {
    return { beganMs: nowMs, activeUntilMs: nowMs };
  }

  begin(nowMs: number): Account {
    this.#activeMs += LEAST_ACTIVE_MS;
    return { beganMs: nowMs, activeUntilMs: nowMs + LEAST_ACTIVE_MS };
  }

  /** It had at least one request from one time to the other. */
  addWork(account: Account, fromMs: number, toMs: number): void {
    if (toMs <= account.activeUntilMs) return;
    const isNew = fromMs >= account.activeUntilMs;
    const startMs = isNew ? fromMs : account.activeUntilMs;
    const workedMs = Math.ceil((toMs - startMs) / SECOND_MS) * SECOND_MS;
    const activeMs = isNew ? Math.max(LEAST_ACTIVE_MS, workedMs) : workedMs;
    this.#activeMs += activeMs;
    account.activeUntilMs = startMs + activeMs;
  }

  end({ beganMs }: Account, nowMs: number): void {
    this.#provisionedMs += nowMs - beganMs;
  }

  /** It is still there when the simulation ends: what is paid for the time after that is no part of it. */
  close(account: Account, nowMs: number): void {
    this.end(account, nowMs);
    this.#activeMs -= Math.max(0, account.activeUntilMs - nowMs);
  }
}
