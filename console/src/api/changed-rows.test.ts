import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChangedRows, withRows } from "./changed-rows.ts";
import { MEASURED } from "../../../test/support/processor-time.ts";

interface Row {
  readonly id: string;
  readonly value: number;
}

const keyOf = ({ id }: Row) => id;
const SOON_MS = 400;

let rows: readonly Row[];
/** What the server has. */
let there: Map<string, number>;
let reads: (readonly string[])[];
let isReadingAll: boolean;
let failures: number;
let answer: () => Promise<void>;
let changed: ChangedRows<Row>;

beforeEach(() => {
  vi.useFakeTimers();
  there = new Map([
    ["a", 1],
    ["b", 1],
  ]);
  rows = [
    { id: "a", value: 1 },
    { id: "b", value: 1 },
  ];
  reads = [];
  isReadingAll = false;
  failures = 0;
  answer = () => Promise.resolve();
  changed = new ChangedRows<Row>({
    keyOf,
    read: async (keys) => {
      reads.push(keys);
      const found = keys.flatMap((id) => {
        const value = there.get(id);
        return value === undefined ? [] : [{ id, value }];
      });
      await answer();
      return found;
    },
    change: (apply) => {
      rows = apply(rows);
    },
    onFailed: () => {
      failures += 1;
    },
    isReadingAll: () => isReadingAll,
    wait: (durationMs) =>
      new Promise((resolve) => {
        setTimeout(resolve, durationMs);
      }),
  });
});

afterEach(() => {
  changed.end();
  vi.useRealTimers();
});

const soon = () => vi.advanceTimersByTimeAsync(SOON_MS);

test("what changed is read alone; what is new comes first, what is gone goes", async () => {
  there.set("b", 2).set("c", 1).delete("a");
  changed.add(["a", "b", "c"]);
  await soon();
  expect(reads).toEqual([["a", "b", "c"]]);
  expect(rows).toEqual([
    { id: "c", value: 1 },
    { id: "b", value: 2 },
  ]);
});

test("one row that changes all the time is read a few times a second, and at last as it is", async () => {
  for (let value = 2; value < 52; value++) {
    there.set("a", value);
    changed.add(["a"]);
    await vi.advanceTimersByTimeAsync(20);
  }
  await soon();
  expect(reads.length).toBeLessThan(6);
  expect(rows[0]).toEqual({ id: "a", value: 51 });
});

test("what changed while it was being read is read again", async () => {
  const slow = Promise.withResolvers<void>();
  answer = () => slow.promise;
  changed.add(["a"]);
  await soon();
  there.set("a", 3);
  changed.add(["a"]);
  slow.resolve();
  await soon();
  await soon();
  expect(reads).toHaveLength(2);
  expect(rows[0]).toEqual({ id: "a", value: 3 });
});

test("while the whole list is being read it waits, for that may bring what is older", async () => {
  isReadingAll = true;
  changed.add(["a"]);
  await soon();
  expect(reads).toEqual([]);
  isReadingAll = false;
  await soon();
  expect(reads).toEqual([["a"]]);
});

test("a hundred are asked for at most; a reading that failed is told once, and the next change is read", async () => {
  answer = () => Promise.reject(new Error("gone"));
  changed.add(["a"]);
  await soon();
  expect(failures).toBe(1);
  answer = () => Promise.resolve();
  changed.add(Array.from({ length: 150 }, (_, index) => `n${index}`));
  await soon();
  await soon();
  expect(reads.map(({ length }) => length)).toEqual([1, 100, 50]);
  expect(failures).toBe(1);
});

test("a thousand rows are changed in a moment", MEASURED, () => {
  const many = Array.from({ length: 1_000 }, (_, index) => ({ id: String(index), value: 1 }));
  const startedAt = performance.now();
  const next = withRows(many, { keys: ["500"], found: [{ id: "500", value: 2 }], keyOf });
  expect(performance.now() - startedAt).toBeLessThan(50);
  expect([next.length, next[500]]).toEqual([1_000, { id: "500", value: 2 }]);
});
