import { describe, expect, it } from "vitest";
import { Looks } from "./looks.ts";

const signal = new AbortController().signal;

describe("looks at the edge", () => {
  it("are a few at once however many want one, and all have theirs in the order they came", async () => {
    const looks = new Looks();
    const order: number[] = [];
    let [running, most] = [0, 0];
    const look = async (index: number): Promise<number> => {
      most = Math.max(most, ++running);
      order.push(index);
      await new Promise(setImmediate);
      running--;
      return index;
    };
    const all = Array.from({ length: 1_000 }, (_, index) => index);
    expect(await Promise.all(all.map((index) => looks.run(() => look(index), signal)))).toEqual(all);
    expect([order, most, running]).toEqual([all, 8, 0]);
  });

  it("tell those that wait when one got no answer, and the next one asks again", async () => {
    const looks = new Looks();
    const hangs = Promise.withResolvers<never>();
    let asked = 0;
    const all = Array.from({ length: 100 }, () =>
      looks.run(() => {
        asked++;
        return hangs.promise;
      }, signal),
    );
    const ended = Promise.allSettled(all);
    hangs.reject(new Error("it took too long"));
    expect(new Set((await ended).map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(asked).toBe(8);
    expect(await looks.run(() => Promise.resolve("there"), signal)).toBe("there");
  });

  it("that are given up say nothing to the others", async () => {
    const looks = new Looks();
    const over = new AbortController();
    const givenUp = Array.from({ length: 8 }, () =>
      looks.run(async () => {
        await new Promise(setImmediate);
        over.signal.throwIfAborted();
      }, over.signal),
    );
    const ended = Promise.allSettled(givenUp);
    const other = looks.run(() => Promise.resolve("seen"), signal);
    over.abort();
    expect(new Set((await ended).map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(await other).toBe("seen");
  });
});
