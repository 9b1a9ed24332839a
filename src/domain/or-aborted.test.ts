import { expect, test } from "vitest";
import { orAborted } from "./or-aborted.ts";

const NEVER = new AbortController().signal;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test("what is waited for comes, or its error", async () => {
  expect(await orAborted(Promise.resolve(1), NEVER)).toBe(1);
  await expect(orAborted(Promise.reject(new Error("no")), NEVER)).rejects.toThrow("no");
});

// A rejection that nobody handles fails the run of the tests, as it ends a process.
test.each(["before", "while"])(
  "aborted %s it waits, it ends with the reason; what comes later harms nobody",
  async (when) => {
    const end = new AbortController();
    const { promise, reject } = Promise.withResolvers<never>();
    if (when === "before") end.abort(new Error("enough"));
    const waiting = orAborted(promise, end.signal);
    end.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    reject(new Error("later"));
    await nextTurn();
  },
);
