/**
 * What was counted since it was asked last: counters begin at 0 with each process of the edge, and several of them may count
 * at the same time. Where each stood is written down together with the values made of it, so that neither a crash of ours nor
 * one of the edge counts anything twice. Pure.
 */
import type { WorkerCounters } from "../../ports/edge-traffic.ts";
import type { CounterMark } from "./metric-store.ts";

/** Since the last time. */
export interface SlotGrowth {
  readonly requestCount: number;
  /** Index 0 is 1xx. */
  readonly statusCounts: readonly number[];
  readonly responseBytes: number;
}

export interface Growth {
  readonly slots: ReadonlyMap<number, SlotGrowth>;
  /** Own host → requests that were refused with 4xx, and with 503. */
  readonly refusals: ReadonlyMap<string, { readonly fullCount: number; readonly lateCount: number }>;
  /** What has changed of what must be remembered. */
  readonly marks: readonly CounterMark[];
}

/** When the book was begun: under a worker that is none. */
const BOOK = { worker: "", name: "since" };
/** A worker tells its start in whole seconds. */
const START_GRAIN_MS = 1000;
const SLOT = /^slot_(\d+)$/;

export class CounterBook {
  readonly #sinceMs: number;
  /** Worker → name → numbers. */
  readonly #workers = new Map<string, Map<string, readonly number[]>>();
  readonly #first: readonly CounterMark[];

  /** From what was remembered; without anything it begins now. */
  constructor(marks: readonly (CounterMark & { readonly value: string })[], nowMs: number) {
    const since = marks.find(({ worker, name }) => worker === BOOK.worker && name === BOOK.name)?.value;
    this.#sinceMs = since === undefined ? nowMs : Number(since);
    this.#first = since === undefined ? [{ ...BOOK, value: String(nowMs) }] : [];
    if (since === undefined) return;
    for (const { worker, name, value } of marks) {
      if (worker !== BOOK.worker) this.#of(worker).set(name, value.split(",").map(Number));
    }
  }

  /** What has to be remembered of a book that was just begun. */
  get first(): readonly CounterMark[] {
    return this.#first;
  }

  add(workers: readonly WorkerCounters[]): Growth {
    const marks: CounterMark[] = [];
    const grown = new Map<string, readonly number[]>();
    for (const counters of workers) {
      for (const [name, numbers] of numbersOf(counters)) {
        const growth = this.#grow(counters, name, numbers);
        if (growth === null) continue;
        marks.push({ worker: counters.worker, name, value: numbers.join(",") });
        grown.set(name, sumOf(grown.get(name) ?? [], growth));
      }
    }
    marks.push(...this.#forgetAllBut(new Set(workers.map(({ worker }) => worker))));
    return { ...split(grown), marks };
  }

  /**
   * Null where nothing has changed. What a process had counted before the book was begun is not ours; everything of one that
   * began later is.
   */
  #grow(
    { worker, startedAtMs }: WorkerCounters,
    name: string,
    numbers: readonly number[],
  ): readonly number[] | null {
    const known = this.#of(worker);
    const isOlder = startedAtMs + START_GRAIN_MS <= this.#sinceMs;
    const before = known.get(name) ?? (isOlder ? numbers : numbers.map(() => 0));
    const growth = numbers.map((number, index) => Math.max(0, number - (before[index] ?? 0)));
    const isKnown = known.has(name) || !isOlder;
    if (isKnown && growth.every((one) => one === 0)) return null;
    known.set(name, numbers);
    return growth;
  }

  #forgetAllBut(workers: ReadonlySet<string>): readonly CounterMark[] {
    const ended = [...this.#workers].filter(([worker]) => !workers.has(worker));
    for (const [worker] of ended) this.#workers.delete(worker);
    return ended.flatMap(([worker, names]) =>
      [...names.keys()].map((name) => ({ worker, name, value: null })),
    );
  }

  #of(worker: string): Map<string, readonly number[]> {
    const known = this.#workers.get(worker) ?? new Map<string, readonly number[]>();
    this.#workers.set(worker, known);
    return known;
  }
}

function* numbersOf({ slots, refusals }: WorkerCounters): Generator<readonly [string, readonly number[]]> {
  for (const [slot, { requestCount, responseBytes, statusCounts }] of slots) {
    yield [`slot_${slot}`, [requestCount, responseBytes, ...statusCounts]];
  }
  for (const [host, { fullCount, guardedCount, lateCount, awayCount }] of refusals) {
    yield [host, [fullCount + guardedCount, lateCount + awayCount]];
  }
}

function split(grown: ReadonlyMap<string, readonly number[]>): Pick<Growth, "slots" | "refusals"> {
  const slots = new Map<number, SlotGrowth>();
  const refusals = new Map<string, { readonly fullCount: number; readonly lateCount: number }>();
  for (const [name, [first = 0, second = 0, ...statusCounts]] of grown) {
    const slot = SLOT.exec(name)?.[1];
    if (slot === undefined) refusals.set(name, { fullCount: first, lateCount: second });
    else slots.set(Number(slot), { requestCount: first, responseBytes: second, statusCounts });
  }
  return { slots, refusals };
}

function sumOf(one: readonly number[], other: readonly number[]): readonly number[] {
  return other.map((number, index) => number + (one[index] ?? 0));
}
