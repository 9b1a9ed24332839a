import { expect, test } from "vitest";
import { SharedWork } from "./shared-work.ts";

const never = new AbortController().signal;
const silent = () => undefined;

test("two who want the same get one piece of work, and both hear of it", async () => {
  const work = new SharedWork<string>();
  const told: string[][] = [[], []];
  const goOn = Promise.withResolvers<void>();
  let runs = 0;
  const both = told.map((lines) =>
    work.run("a", { report: (line) => lines.push(line), signal: never }, async (report) => {
      runs++;
      report("begun");
      await goOn.promise;
      report("done");
      return "result";
    }),
  );
  goOn.resolve();
  expect(await Promise.all(both)).toEqual(["result", "result"]);
  expect(runs).toBe(1);
  expect(told).toEqual([
    ["begun", "done"],
    ["begun", "done"],
  ]);
});

test("who comes later hears what was said last", async () => {
  const work = new SharedWork<void>();
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const first = work.run("a", { report: silent, signal: never }, async (report) => {
    report("begun");
    begun.resolve();
    await goOn.promise;
  });
  await begun.promise;
  const lines: string[] = [];
  const second = work.run("a", { report: (line) => lines.push(line), signal: never }, async () => undefined);
  expect(lines).toEqual(["begun"]);
  goOn.resolve();
  await Promise.all([first, second]);
});

test("one who gives up leaves the work to the other; the last one ends it", async () => {
  const work = new SharedWork<string>();
  const [first, second] = [new AbortController(), new AbortController()];
  const ended = Promise.withResolvers<void>();
  const act = async (_: unknown, signal: AbortSignal) => {
    signal.addEventListener("abort", () => ended.resolve());
    await ended.promise;
    return "never wanted";
  };
  const one = work.run("a", { report: silent, signal: first.signal }, act);
  const other = work.run("a", { report: silent, signal: second.signal }, act);
  first.abort(new Error("one gave up"));
  await expect(one).rejects.toThrow("one gave up");
  let isEnded = false;
  void ended.promise.then(() => (isEnded = true));
  await Promise.resolve();
  expect(isEnded).toBe(false);
  second.abort(new Error("so did the other"));
  await expect(other).rejects.toThrow("so did the other");
  await ended.promise;
});

test("a failure is everybody's, and the next one tries again", async () => {
  const work = new SharedWork<string>();
  const failing = work.run("a", { report: silent, signal: never }, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await work.run("a", { report: silent, signal: never }, () => Promise.resolve("yes"))).toBe("yes");
});
