import { expect, it } from "vitest";
import { KeyedQueue } from "./keyed-queue.ts";

/** A task that notes when it starts and ends, and ends when it is told to. */
function task(name: string, notes: string[]): { run: () => Promise<void>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = async (): Promise<void> => {
    notes.push(`${name} starts`);
    await promise;
    notes.push(`${name} ends`);
  };
  return { run, end: resolve };
}

const settle = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("runs tasks of one key in order and those of others beside them", async () => {
  const notes: string[] = [];
  const queue = new KeyedQueue();
  const [a1, a2, b1] = [task("a1", notes), task("a2", notes), task("b1", notes)];
  const all = [queue.run("a", a1.run), queue.run("a", a2.run), queue.run("b", b1.run)];
  await settle();
  expect(notes).toEqual(["a1 starts", "b1 starts"]);
  for (const { end } of [a1, a2, b1]) end();
  await Promise.all(all);
  expect(notes.indexOf("a1 ends")).toBeLessThan(notes.indexOf("a2 starts"));
});

it("runs an exclusive task alone", async () => {
  const notes: string[] = [];
  const queue = new KeyedQueue();
  const [before, alone, after] = [task("before", notes), task("alone", notes), task("after", notes)];
  const all = [queue.run("a", before.run), queue.runExclusively(alone.run), queue.run("b", after.run)];
  await settle();
  expect(notes).toEqual(["before starts"]);
  before.end();
  await settle();
  expect(notes).toEqual(["before starts", "before ends", "alone starts"]);
  for (const { end } of [alone, after]) end();
  await Promise.all(all);
  expect(notes.slice(3)).toEqual(["alone ends", "after starts", "after ends"]);
});

it("goes on after a failure, which only its own caller sees", async () => {
  const queue = new KeyedQueue();
  const failing = queue.run("a", async () => Promise.reject(new Error("broken")));
  const exclusive = queue.runExclusively(async () => Promise.reject(new Error("broken too")));
  const next = queue.run("a", async () => "fine");
  await expect(failing).rejects.toThrow("broken");
  await expect(exclusive).rejects.toThrow("broken too");
  expect(await next).toBe("fine");
});
