import { expect, test } from "vitest";
import { SearchGate } from "./search-gate.ts";

test.each([0, 1, 2, 3, 4, 5])(
  "one that is aborted %d steps after the first ends leaves the third its turn",
  async (steps) => {
    const gate = new SearchGate(1);
    const leaving = new AbortController();
    const { signal } = new AbortController();
    const first = Promise.withResolvers<void>();
    const firstSearch = gate.enter(signal, async () => first.promise);
    const second = gate.enter(leaving.signal, async () => "second").catch(() => "aborted");
    const third = gate.enter(signal, async () => "third");
    first.resolve();
    for (let step = 0; step < steps; step++) await Promise.resolve();
    leaving.abort();
    await Promise.all([firstSearch, second]);
    expect(await third).toBe("third");
    expect(await gate.enter(signal, async () => "fourth")).toBe("fourth");
  },
);
