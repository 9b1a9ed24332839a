/** One service as the collector knows it: what the autoscaler told of it since the last round. Without input or output. */
import type { SlotLoad } from "../../ports/edge-traffic.ts";
import type { ScaledService } from "../../ports/scaling.ts";

/**
 * A slot is asked for what it has counted in so many rounds after something was heard of it: a request ends after the last
 * sample that saw it.
 */
const ROUNDS_AFTER = 2;

export class WatchedService {
  /** In which of the rounds of a minute it is looked at while it rests. */
  readonly turn: number;
  #service: ScaledService;
  /** Slot → rounds in which it is still asked for. */
  readonly #asked = new Map<number, number>();
  /** Instances that had requests since the last round. */
  #active = new Set<string>();
  #isSampled = false;
  #isGone = false;

  constructor(service: ScaledService, turn: number) {
    this.turn = turn;
    this.#service = service;
    this.#ask(service.slot);
  }

  get service(): ScaledService {
    return this.#service;
  }

  /** The autoscaler looked at it since the last round. */
  get isBusy(): boolean {
    return this.#isSampled;
  }

  /** Nothing more can be heard of it. */
  get isOver(): boolean {
    return this.#isGone && this.#asked.size === 0;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get slots(): readonly number[] {
    return [...this.#asked.keys()];
  }

  get hosts(): readonly string[] {
    return this.#asked.size === 0 ? [] : this.#service.hosts;
  }

  /** Those that are there; starting ones are not yet. */
  get provisioned(): readonly string[] {
    const there = this.#service.instances.filter(({ state }) => state !== "starting");
    return there.map(({ instanceId }) => instanceId);
  }

  see(service: ScaledService): void {
    if (service.slot !== this.#service.slot) this.#ask(service.slot);
    this.#service = service;
    this.#isGone = false;
  }

  sample({ inFlight }: SlotLoad): void {
    this.#isSampled = true;
    this.#ask(this.#service.slot);
    for (const [id, count] of inFlight) if (count > 0) this.#active.add(id);
  }

  leave(): void {
    this.#isGone = true;
  }

  /** Whether requests still come to the slot, or are still there. */
  told(slot: number, isInUse: boolean): void {
    const left = isInUse ? ROUNDS_AFTER : (this.#asked.get(slot) ?? 0) - 1;
    if (left > 0) this.#asked.set(slot, left);
    else this.#asked.delete(slot);
  }

  /** It is another one's now. */
  lose(slot: number): void {
    this.#asked.delete(slot);
  }

  /**
   * How many instances had requests. Few requests are seen in a sample; each that was not went to the instance with the
   * fewest, and those that have none take turns.
   */
  activeCount(requestCount: number): number {
    return Math.min(this.provisioned.length, Math.max(this.#active.size, requestCount));
  }

  endRound(): void {
    this.#isSampled = false;
    this.#active = new Set();
  }

  #ask(slot: number): void {
    this.#asked.set(slot, ROUNDS_AFTER);
  }
}
