import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

const never = new AbortController().signal;

test("work with one key happens one after the other, also after a failure", async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name} begins`);
    await new Promise((resolve) => void setImmediate(resolve));
    seen.push(`${name} ends`);
    if (name === "a") throw new Error("a failed");
  };
  const all = ["a", "b", "c"].map((name) => turns.take("key", never, work(name)));
  await Promise.allSettled([...all, turns.take("other", never, work("x"))]);
  expect(seen.filter((line) => !line.startsWith("x"))).toEqual(
    ["a", "b", "c"].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
  expect(seen.indexOf("x begins")).toBeLessThan(seen.indexOf("a ends"));
});

test("who gives up waiting leaves at once, and lets nobody pass", async () => {
  const turns = new Turns();
  const first = Promise.withResolvers<void>();
  const seen: string[] = [];
  const begun = turns.take("key", never, () => first.promise);
  const controller = new AbortController();
  const impatient = turns.take("key", controller.signal, async () => void seen.push("impatient"));
  controller.abort(new Error("given up"));
  await expect(impatient).rejects.toThrow("given up");
  const last = turns.take("key", never, async () => void seen.push("last"));
  await new Promise((resolve) => void setImmediate(resolve));
  expect(seen).toEqual([]);
  first.resolve();
  await Promise.all([begun, last]);
  expect(seen).toEqual(["last"]);
});
