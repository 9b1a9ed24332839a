/** How long instances are there and how long they work, by the second, as App Runner charges for it. */

const SECOND_MS = 1000;
const HOUR_S = 3600;
/** Each start is charged with a minute of processor at least. */
const LEAST_CHARGE_S = 60;

/** One instance's account. */
export interface Account {
  readonly beganMs: number;
  /** Seconds before these are counted already. */
  activeUntilS: number;
  chargedUntilS: number;
}

export interface InstanceUse {
  /** Instances times hours. */
  readonly provisionedHours: number;
  /** … in seconds in which they had a request. */
  readonly activeHours: number;
  /** … with the least charge of each start. */
  readonly chargedHours: number;
}

export class InstanceMeter {
  #provisionedS = 0;
  #activeS = 0;
  #chargedS = 0;

  get use(): InstanceUse {
    return {
      provisionedHours: this.#provisionedS / HOUR_S,
      activeHours: this.#activeS / HOUR_S,
      chargedHours: this.#chargedS / HOUR_S,
    };
  }

  /** There before the simulation began. */
  adopt(nowMs: number): Account {
    return { beganMs: nowMs, activeUntilS: 0, chargedUntilS: 0 };
  }

  begin(nowMs: number): Account {
    this.#chargedS += LEAST_CHARGE_S;
    return {
      beganMs: nowMs,
      activeUntilS: 0,
      chargedUntilS: Math.floor(nowMs / SECOND_MS) + LEAST_CHARGE_S,
    };
  }

  /** It had at least one request from one time to the other. A second counts once, however short the work in it. */
  addWork(account: Account, fromMs: number, toMs: number): void {
    const firstS = Math.floor(fromMs / SECOND_MS);
    const endS = Math.max(firstS + 1, Math.ceil(toMs / SECOND_MS));
    this.#activeS += Math.max(0, endS - Math.max(firstS, account.activeUntilS));
    this.#chargedS += Math.max(0, endS - Math.max(firstS, account.chargedUntilS));
    account.activeUntilS = Math.max(account.activeUntilS, endS);
    account.chargedUntilS = Math.max(account.chargedUntilS, endS);
  }

  end({ beganMs }: Account, nowMs: number): void {
    this.#provisionedS += Math.ceil(nowMs / SECOND_MS) - Math.floor(beganMs / SECOND_MS);
  }
}
