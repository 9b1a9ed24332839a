import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WorkerCounters } from "../../ports/edge-traffic.ts";
import { CounterBook } from "./counter-book.ts";
import type { CounterMark } from "./metric-store.ts";

const NOW_MS = Date.UTC(2026, 0, 1);

function worker(name: string, requestCount: number, change: Partial<WorkerCounters> = {}): WorkerCounters {
  const counters = {
    requestCount,
    statusCounts: [0, requestCount, 0, 0, 0] as const,
    responseBytes: requestCount * 100,
    presentCount: 0,
  };
  return {
    worker: name,
    startedAtMs: NOW_MS,
    slots: new Map([[7, counters]]),
    refusals: new Map(),
    ...change,
  };
}

/** What the database would hold. */
class Memory {
  readonly #marks = new Map<string, CounterMark & { readonly value: string }>();

  keep(marks: readonly CounterMark[]): void {
    for (const { worker: of, name, value } of marks) {
      if (value === null) this.#marks.delete(`${of} ${name}`);
      else this.#marks.set(`${of} ${name}`, { worker: of, name, value });
    }
  }

  get marks(): readonly (CounterMark & { readonly value: string })[] {
    return [...this.#marks.values()];
  }
}

const requestsIn = (book: CounterBook, workers: readonly WorkerCounters[]): number =>
  book.add(workers).slots.get(7)?.requestCount ?? 0;

describe("counters of the edge", () => {
  it("are counted by how they grew, over workers that come and go", () => {
    const book = new CounterBook([], NOW_MS);
    expect(requestsIn(book, [worker("a", 5)])).toBe(5);
    expect(requestsIn(book, [worker("a", 5)])).toBe(0);
    expect(requestsIn(book, [worker("b", 2), worker("a", 6)])).toBe(3);
    expect(requestsIn(book, [worker("b", 4)])).toBe(2);
    const { slots } = book.add([worker("b", 6)]);
    expect(slots.get(7)).toEqual({ requestCount: 2, responseBytes: 200, statusCounts: [0, 2, 0, 0, 0] });
  });

  it("of before the book was begun are not ours, unless the process is younger", () => {
    const old = { startedAtMs: NOW_MS - 60_000 };
    const book = new CounterBook([], NOW_MS);
    expect(requestsIn(book, [worker("a", 1000, old)])).toBe(0);
    expect(requestsIn(book, [worker("a", 1003, old)])).toBe(3);
    expect(requestsIn(book, [worker("b", 4)])).toBe(4);
  });

  it("that were there before are remembered also while they stand still", () => {
    const memory = new Memory();
    const old = { startedAtMs: NOW_MS - 60_000 };
    const book = new CounterBook([], NOW_MS);
    memory.keep([...book.first, ...book.add([worker("a", 1000, old)]).marks]);
    const next = new CounterBook(memory.marks, NOW_MS + 5000);
    expect(requestsIn(next, [worker("a", 1002, old)])).toBe(2);
  });

  it("of gates are counted by host", () => {
    const book = new CounterBook([], NOW_MS);
    const refusing = (fullCount: number, lateCount: number) =>
      worker("a", 0, {
        refusals: new Map([["web.test", { fullCount, lateCount, guardedCount: 0, awayCount: 0 }]]),
      });
    expect([...book.add([refusing(3, 1)]).refusals]).toEqual([["web.test", { fullCount: 3, lateCount: 1 }]]);
    expect([...book.add([refusing(3, 2)]).refusals]).toEqual([["web.test", { fullCount: 0, lateCount: 1 }]]);
  });

  it("are counted once each, whoever of the edge and us is killed and when", () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant("requests" as const), count: fc.nat(100) }),
      fc.constant({ kind: "reload" as const, count: 0 }),
      fc.constant({ kind: "old ends" as const, count: 0 }),
      fc.constant({ kind: "look" as const, count: 0 }),
      fc.constant({ kind: "we are killed" as const, count: 0 }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const memory = new Memory();
        const workers = [{ name: "0", count: 0 }];
        let [book, sent, counted, names] = [new CounterBook([], NOW_MS), 0, 0, 0];
        memory.keep(book.first);
        const look = (): void => {
          const growth = book.add(workers.map(({ name, count }) => worker(name, count)));
          memory.keep(growth.marks);
          counted += growth.slots.get(7)?.requestCount ?? 0;
        };
        for (const { kind, count } of acts) {
          if (kind === "requests") {
            for (const one of workers) one.count += count;
            sent += count * workers.length;
          }
          if (kind === "reload") workers.unshift({ name: String(++names), count: 0 });
          if (kind === "look" || kind === "old ends") look();
          if (kind === "old ends" && workers.length > 1) workers.pop();
          if (kind === "we are killed") book = new CounterBook(memory.marks, NOW_MS + 60_000);
        }
        look();
        expect(counted).toBe(sent);
      }),
    );
  });
});
