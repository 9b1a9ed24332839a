/**
 * When the instances of one service were active, by App Runner's rule: from the first request until none is left, by the
 * second, and for a minute at least each time an instance becomes active or is started. [AWS pricing page]
 * Requests within time that is paid already cost nothing more.
 */

const LEAST_MS = 60_000;
const SECOND_MS = 1000;

interface Activation {
  readonly fromMs: number;
  /** Counted up to here. */
  readonly untilMs: number;
  /** When it was last seen with requests. */
  readonly seenMs: number;
}

/** Told of active time, piece by piece, each once. */
type Ledger = (fromMs: number, toMs: number) => void;

export class ActiveTime {
  readonly #instances = new Map<string, Activation>();
  #sampledAtMs = -Infinity;

  /** Instances with requests in a sample. */
  sampled(nowMs: number, instanceIds: readonly string[], count: Ledger): void {
    for (const id of instanceIds) this.#see(id, nowMs, count);
    this.#sampledAtMs = nowMs;
  }

  started(instanceId: string, nowMs: number, count: Ledger): void {
    if (!this.#isCounted(instanceId, nowMs)) this.#activate(instanceId, nowMs, count);
  }

  /**
   * Requests that came and went between two samples: the edge gave each to the instance with the fewest, and those that
   * have none take turns.
   */
  takeTurns(count: number, busy: readonly string[], provisioned: readonly string[]): readonly string[] {
    const idle = provisioned.filter((id) => !busy.includes(id));
    const lastSeen = (id: string) => this.#instances.get(id)?.seenMs ?? -Infinity;
    return idle.toSorted((one, other) => lastSeen(one) - lastSeen(other)).slice(0, count);
  }

  /** Nothing more can come of them. */
  forgetEnded(nowMs: number): void {
    for (const [id, { untilMs, seenMs }] of this.#instances) {
      if (untilMs < nowMs && seenMs < this.#sampledAtMs) this.#instances.delete(id);
    }
  }

  #see(id: string, nowMs: number, count: Ledger): void {
    const before = this.#instances.get(id);
    if (before !== undefined && this.#isCounted(id, nowMs)) {
      this.#instances.set(id, { ...before, seenMs: nowMs });
    } else if (before !== undefined && this.#goesOn(before, nowMs)) {
      const untilMs = before.fromMs + Math.ceil((nowMs - before.fromMs) / SECOND_MS) * SECOND_MS;
      count(before.untilMs, untilMs);
      this.#instances.set(id, { ...before, untilMs, seenMs: nowMs });
    } else {
      this.#activate(id, nowMs, count);
    }
  }

  #activate(id: string, nowMs: number, count: Ledger): void {
    const untilMs = nowMs + LEAST_MS;
    count(nowMs, untilMs);
    this.#instances.set(id, { fromMs: nowMs, untilMs, seenMs: nowMs });
  }

  #isCounted(id: string, nowMs: number): boolean {
    const activation = this.#instances.get(id);
    // What begins later than now is of a clock that was set back.
    return activation !== undefined && activation.fromMs <= nowMs && nowMs <= activation.untilMs;
  }

  /** It had requests at the last sample too. The edge may have been silent since; not for longer than a minute. */
  #goesOn({ fromMs, seenMs }: Activation, nowMs: number): boolean {
    return fromMs <= nowMs && seenMs === this.#sampledAtMs && nowMs - seenMs <= LEAST_MS;
  }
}
