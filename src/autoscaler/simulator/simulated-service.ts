/**
 * A service in virtual time: requests come, wait in the edge's queue or at its gate, are worked on; instances start, thaw,
 * drain. One event after the other; a day of 50 requests a second has nine million of them, so nothing here makes objects
 * for a request. Must not decide anything: that is the rule's.
 */
import type { Arrivals } from "./arrivals.ts";
import { EventHeap } from "./event-heap.ts";
import { type Account, InstanceMeter } from "./instance-meter.ts";
import { RequestQueue } from "./request-queue.ts";
import type { InstanceView, ServiceView, SizingRule, Wish } from "./sizing-rule.ts";
import { WaitHistogram } from "./wait-histogram.ts";

export interface SimulatedServiceOptions {
  readonly arrivals: Arrivals;
  readonly rule: SizingRule;
  readonly maxConcurrency: number;
  /** There when it begins. */
  readonly present: number;
  /** From the wish to the first request: the container's start and the application's. */
  readonly startMs: number;
}

interface Instance extends InstanceView {
  state: InstanceView["state"];
  readonly number: number;
  readonly account: Account;
  readonly readyAtMs: number;
  inFlight: number;
  busySinceMs: number;
  /** A frozen one begins to work at this time. */
  awakeAtMs: number;
  isDraining: boolean;
}

/** As the control plane and the edge have it. */
export const STARTS_AT_ONCE = 2;
const CONTAINER_START_MS = 100;
const THAW_MS = 3;
const TOLD_CLOSED_MS = 250;
const TOLD_WATCHED_MS = 1000;
/** A wish changes what there is, and that may change the wish: never for long. */
const ROUNDS_MAX = 10;

export class SimulatedService implements ServiceView {
  nowMs = 0;
  inFlight = 0;
  requestCount = 0;
  refusedCount = 0;
  heldCount = 0;
  work = 0;
  peakInFlight = 0;
  /** The most that waited at once since somebody set it back. */
  peakWaiting = 0;
  peakInstances = 0;
  starts = 0;
  wish: Wish;
  readonly waits = new WaitHistogram();
  readonly meter = new InstanceMeter();
  readonly #options: SimulatedServiceOptions;
  readonly #queue = new RequestQueue();
  readonly #held = new RequestQueue();
  readonly #ends = new EventHeap();
  readonly #all: Instance[] = [];
  readonly #lanes = Array.from({ length: STARTS_AT_ONCE }, () => -Infinity);
  #members: readonly Instance[] = [];
  #takers: readonly Instance[] = [];
  #starting: readonly Instance[] = [];
  #leaving = 0;
  #turn = 0;
  #toldAtMs = -Infinity;

  constructor(options: SimulatedServiceOptions) {
    this.#options = options;
    this.#members = Array.from({ length: options.present }, () => this.#newInstance(0, "ready"));
    this.#sort();
    this.wish = options.rule.change(this);
    this.#obey(this.wish);
  }

  get instances(): readonly InstanceView[] {
    return this.#members.map(({ instanceId, state }) => ({ instanceId, state }));
  }

  get queued(): number {
    return this.#queue.size;
  }

  get held(): number {
    return this.#held.size;
  }

  get readyCount(): number {
    return this.#takers.length;
  }

  /** Everything that happens until then. */
  advance(untilMs: number): void {
    const { arrivals, rule } = this.#options;
    const { queueTimeoutMs, holdMs } = rule.edge;
    for (;;) {
      const endMs = this.#ends.nextMs;
      const readyMs = this.#starting[0]?.readyAtMs ?? Infinity;
      const lateMs = Math.min(this.#queue.firstAtMs + queueTimeoutMs, this.#held.firstAtMs + holdMs);
      const nextMs = Math.min(endMs, readyMs, lateMs, arrivals.atMs);
      if (nextMs > untilMs) break;
      this.#goTo(nextMs);
      if (nextMs === endMs) this.#finish();
      else if (nextMs === readyMs) this.#becomeReady();
      else if (nextMs === lateMs) this.#giveUpLate();
      else this.#arrive();
    }
    this.#goTo(untilMs);
  }

  /** The rule looks, and what it wishes begins to become true. */
  look(): void {
    if (this.held > 0 && this.nowMs - this.#toldAtMs >= TOLD_CLOSED_MS) this.#knock();
    this.#obey(this.#options.rule.look(this));
    this.peakInFlight = this.inFlight;
  }

  /** Closes all accounts; nothing may happen afterwards. */
  finish(): void {
    for (const instance of this.#all) {
      if (instance.isDraining && instance.inFlight === 0) continue;
      if (instance.inFlight > 0) this.meter.addWork(instance.account, instance.busySinceMs, this.nowMs);
      this.meter.close(instance.account, this.nowMs);
    }
    // Who still waits has waited at least so long.
    for (const queue of [this.#queue, this.#held]) {
      for (; queue.size > 0; queue.shift()) this.waits.add(this.nowMs - queue.firstAtMs);
    }
  }

  #goTo(timeMs: number): void {
    this.work += (this.inFlight + this.queued + this.held) * (timeMs - this.nowMs);
    this.nowMs = timeMs;
  }

  #arrive(): void {
    const { arrivals, rule } = this.#options;
    const { durationMs } = arrivals;
    arrivals.advance();
    if (this.wish.gate === "closed") {
      if (this.held >= rule.edge.heldLimit) {
        this.refusedCount++;
        return;
      }
      this.heldCount++;
      this.#held.push(this.nowMs, durationMs);
      this.#seeWaiting();
      if (this.nowMs - this.#toldAtMs >= TOLD_CLOSED_MS) this.#knock();
      return;
    }
    if (this.wish.gate === "watched" && this.nowMs - this.#toldAtMs >= TOLD_WATCHED_MS) this.#knock();
    this.#enter(this.nowMs, durationMs);
  }

  #knock(): void {
    this.#toldAtMs = this.nowMs;
    this.#obey(this.#options.rule.knock(this));
  }

  /** To an instance, into the queue, or refused. */
  #enter(arrivedMs: number, durationMs: number): void {
    this.requestCount++;
    const taker = this.#leastBusy();
    if (taker !== null) {
      this.#take(taker, arrivedMs, durationMs);
    } else if (
      this.#takers.length === 0 ||
      this.queued >= this.#options.rule.edge.queueLimit(this.#takers.length)
    ) {
      this.refusedCount++;
    } else {
      this.#queue.push(this.nowMs, durationMs);
      this.#seeWaiting();
    }
  }

  /** The first of the least busy, by turns. */
  #leastBusy(): Instance | null {
    const takers = this.#takers;
    let least: Instance | null = null;
    let fewest = this.#options.maxConcurrency;
    this.#turn++;
    for (let step = 0; step < takers.length && fewest > 0; step++) {
      const taker = takers[(this.#turn + step) % takers.length];
      if (taker === undefined || taker.inFlight >= fewest) continue;
      least = taker;
      fewest = taker.inFlight;
    }
    return least;
  }

  #take(taker: Instance, arrivedMs: number, durationMs: number): void {
    const beginMs = Math.max(this.nowMs, taker.awakeAtMs);
    this.waits.add(beginMs - arrivedMs);
    if (taker.inFlight === 0) taker.busySinceMs = this.nowMs;
    taker.inFlight++;
    this.inFlight++;
    if (this.inFlight > this.peakInFlight) this.peakInFlight = this.inFlight;
    this.#ends.add(beginMs + durationMs, taker.number);
  }

  #finish(): void {
    const instance = this.#all[this.#ends.take()];
    if (instance === undefined) return;
    instance.inFlight--;
    this.inFlight--;
    if (instance.inFlight === 0) this.meter.addWork(instance.account, instance.busySinceMs, this.nowMs);
    if (!instance.isDraining) this.#takeWaiting(instance);
    else if (instance.inFlight === 0) this.#goneFrom(instance);
  }

  #takeWaiting(instance: Instance): void {
    const queue = this.#queue;
    while (queue.size > 0 && instance.inFlight < this.#options.maxConcurrency) {
      const { firstAtMs, firstDurationMs } = queue;
      queue.shift();
      this.#take(instance, firstAtMs, firstDurationMs);
    }
  }

  #becomeReady(): void {
    const instance = this.#starting[0];
    if (instance === undefined) return;
    instance.state = "ready";
    this.#sort();
    this.#takeWaiting(instance);
    this.#obey(this.#options.rule.change(this));
  }

  #giveUpLate(): void {
    const { queueTimeoutMs } = this.#options.rule.edge;
    const isInQueue = this.#queue.firstAtMs + queueTimeoutMs <= this.nowMs;
    (isInQueue ? this.#queue : this.#held).shift();
    this.refusedCount++;
  }

  #obey(wish: Wish): void {
    this.wish = wish;
    for (let round = 0; round < ROUNDS_MAX && this.#make(this.wish); round++) {
      this.wish = this.#options.rule.change(this);
    }
    while (this.wish.gate !== "closed" && this.held > 0) {
      const { firstAtMs, firstDurationMs } = this.#held;
      this.#held.shift();
      this.#enter(firstAtMs, firstDurationMs);
    }
  }

  /** True when it changed something about the instances. */
  #make({ count, activity }: Wish): boolean {
    const state = activity === "run" ? "ready" : "idle";
    const others = this.#takers.filter(
      (one) => one.state !== state && (state === "ready" || one.inFlight === 0),
    );
    for (const instance of others) {
      if (state === "ready") instance.awakeAtMs = this.nowMs + THAW_MS;
      instance.state = state;
    }
    const surplus = this.#members.length - count;
    if (surplus < 0) this.#begin(-surplus);
    if (surplus > 0) this.#leave(surplus);
    return others.length > 0 || surplus !== 0;
  }

  #begin(count: number): void {
    this.starts += count;
    const begun = Array.from({ length: count }, () => {
      const lane = this.#lanes.indexOf(Math.min(...this.#lanes));
      const beginMs = Math.max(this.nowMs, this.#lanes[lane] ?? 0);
      this.#lanes[lane] = beginMs + Math.min(CONTAINER_START_MS, this.#options.startMs);
      return this.#newInstance(beginMs + this.#options.startMs, "starting");
    });
    this.#members = [...this.#members, ...begun];
    this.#sort();
  }

  /** Those first that are not ready, then those with the least to do. */
  #leave(count: number): void {
    const order = this.#members.toSorted((one, other) => keepingOf(one) - keepingOf(other));
    const leavers = new Set(order.slice(0, count));
    this.#members = this.#members.filter((instance) => !leavers.has(instance));
    this.#sort();
    for (const leaver of leavers) {
      leaver.isDraining = true;
      this.#leaving++;
      if (leaver.inFlight === 0) this.#goneFrom(leaver);
    }
  }

  #goneFrom(instance: Instance): void {
    this.#leaving--;
    this.meter.end(instance.account, this.nowMs);
  }

  #newInstance(readyAtMs: number, state: "starting" | "ready"): Instance {
    const number = this.#all.length;
    const { nowMs } = this;
    const instance: Instance = {
      instanceId: `i-${number}`,
      number,
      state,
      account: state === "ready" ? this.meter.adopt(nowMs) : this.meter.begin(nowMs),
      readyAtMs,
      inFlight: 0,
      busySinceMs: nowMs,
      awakeAtMs: nowMs,
      isDraining: false,
    };
    this.#all.push(instance);
    return instance;
  }

  #sort(): void {
    this.#takers = this.#members.filter(({ state }) => state !== "starting");
    this.#starting = this.#members.filter(({ state }) => state === "starting");
    this.peakInstances = Math.max(this.peakInstances, this.#members.length + this.#leaving);
  }

  #seeWaiting(): void {
    this.peakWaiting = Math.max(this.peakWaiting, this.queued + this.held);
  }
}

function keepingOf({ state, inFlight }: Instance): number {
  return state === "starting" ? -1 : inFlight;
}
