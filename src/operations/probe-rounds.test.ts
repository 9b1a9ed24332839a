import { expect, it } from "vitest";
import { ProbeRounds } from "./probe-rounds.ts";
import { FakeClock } from "./testing/fake-clock.ts";

const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** Counts how often it is asked to sleep, and how many sleep. */
class CountingClock extends FakeClock {
  sleeps = 0;
  sleeping = 0;

  override async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    this.sleeps++;
    this.sleeping++;
    await super.sleep(durationMs, signal).finally(() => this.sleeping--);
  }
}

it("wakes all that are due in one moment with one timer", async () => {
  const clock = new CountingClock();
  const rounds = new ProbeRounds(clock);
  const woken: string[] = [];
  const dueMs = clock.now() + 1000;
  rounds.join(dueMs, () => woken.push("a"));
  rounds.join(dueMs, () => woken.push("b"));
  rounds.join(dueMs + 1000, () => woken.push("c"));
  await clock.advance(1000, settle);
  expect(woken).toEqual(["a", "b"]);
  await clock.advance(1000, settle);
  expect(woken).toEqual(["a", "b", "c"]);
  expect(clock.sleeps).toBe(2);
});

it("wakes many a few at a time", async () => {
  const clock = new FakeClock();
  const rounds = new ProbeRounds(clock);
  const dueMs = clock.now() + 1000;
  let woken = 0;
  for (let count = 0; count < 40; count++) rounds.join(dueMs, () => void woken++);
  await clock.advance(1000, settle);
  expect(woken).toBe(16);
  await clock.advance(10, settle);
  expect(woken).toBe(40);
});

it("says how late it is, and a new round of the same moment can begin", async () => {
  const clock = new FakeClock();
  const rounds = new ProbeRounds(clock);
  const lateMs: number[] = [];
  rounds.join(clock.now() + 1000, (late) => lateMs.push(late));
  clock.jump(4000);
  await clock.advance(0, settle);
  rounds.join(clock.now() - 3000, (late) => lateMs.push(late));
  await clock.advance(0, settle);
  expect(lateMs).toEqual([3000, 3000]);
});

it("neither wakes those who left nor sleeps for nobody", async () => {
  const clock = new CountingClock();
  const rounds = new ProbeRounds(clock);
  const woken: string[] = [];
  const dueMs = clock.now() + 1000;
  const leaveA = rounds.join(dueMs, () => woken.push("a"));
  rounds.join(dueMs, () => woken.push("b"));
  const leaveC = rounds.join(dueMs + 1, () => woken.push("c"));
  leaveA();
  leaveC();
  await settle();
  expect(clock.sleeping).toBe(1);
  await clock.advance(2000, settle);
  expect(woken).toEqual(["b"]);
  rounds.join(dueMs + 5000, () => woken.push("d"));
  await clock.advance(5000, settle);
  expect(woken).toEqual(["b", "d"]);
});

it("wakes who joins in the moment in which the last of a round leaves", async () => {
  const clock = new FakeClock();
  const rounds = new ProbeRounds(clock);
  const woken: string[] = [];
  const dueMs = clock.now() + 1000;
  rounds.join(dueMs, () => woken.push("a"))();
  rounds.join(dueMs, () => woken.push("b"));
  await clock.advance(1000, settle);
  expect(woken).toEqual(["b"]);
});
