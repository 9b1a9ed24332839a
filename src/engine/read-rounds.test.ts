import { describe, expect, it } from "vitest";
import { breathMs, ReadRounds } from "./read-rounds.ts";

/** Rounds whose rests end when the test says so. */
function scripted() {
  const rests: { readonly ms: number; readonly signal: AbortSignal; readonly end: () => void }[] = [];
  const rounds = new ReadRounds(async (ms, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    rests.push({ ms, signal, end: resolve });
    return promise;
  });
  const never = new AbortController().signal;
  /** How often each has read. */
  const reads: number[] = [];
  const follow = (readers: number) => {
    for (let index = 0; index < readers; index++) void read(index);
  };
  const read = async (index: number) => {
    for (;;) {
      await rounds.next(never);
      reads[index] = (reads[index] ?? 0) + 1;
    }
  };
  /** Ends the rest that is on; says how long it would have been. */
  const play = async () => {
    const rest = rests.shift();
    if (rest === undefined || rests.length > 0) throw new Error("there must be one rest at a time");
    rest.end();
    await settled();
    return rest.ms;
  };
  return { rounds, reads, rests, follow, play };
}

/** Everything that waits for nothing outside has happened. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe("the rounds of reading", () => {
  it("look at one every tenth of a second", async () => {
    const { follow, play } = scripted();
    follow(1);
    expect([await play(), await play(), await play()]).toEqual([100, 100, 100]);
  });

  it("look at twenty together, each some times a second", async () => {
    const { follow, play, reads } = scripted();
    follow(20);
    await play();
    expect([await play(), await play()]).toEqual([400, 400]);
    expect(reads).toEqual(Array.from({ length: 20 }, () => 3));
  });

  it("leave nobody waiting, however many there are", async () => {
    const { follow, play, reads } = scripted();
    follow(500);
    await play();
    expect([await play(), await play()]).toEqual([800, 800]);
    expect(reads).toEqual(Array.from({ length: 500 }, () => 3));
  });

  it("are soon short again when many have fallen silent", async () => {
    const { rounds, play } = scripted();
    const end = new AbortController();
    const others = Array.from({ length: 20 }, () => rounds.next(end.signal));
    expect(await play()).toBe(100);
    await Promise.all(others);
    void rounds.next(end.signal);
    expect(await play()).toBe(400);
    void rounds.next(end.signal);
    expect(await play()).toBe(100);
  });

  it("let go at once of who gives up, and begin for those that came then", async () => {
    const { rounds, rests, play } = scripted();
    const end = new AbortController();
    const first = rounds.next(end.signal);
    const second = rounds.next(new AbortController().signal);
    end.abort();
    await first;
    await rounds.next(end.signal);
    expect(rests.map(({ signal }) => signal.aborted)).toEqual([false]);
    await play();
    await second;
  });

  it("are not waited for when all have given up, and go on for who comes later", async () => {
    const { rounds, rests, play } = scripted();
    const end = new AbortController();
    const gone = rounds.next(end.signal);
    end.abort();
    await gone;
    expect(rests.map(({ signal }) => signal.aborted)).toEqual([true]);
    const late = rounds.next(new AbortController().signal);
    await play();
    await late;
  });

  it("read on at once where there is more, and leave half of the time to others", () => {
    expect(breathMs(7)).toBe(7);
    expect(breathMs(2_000)).toBe(100);
  });
});
