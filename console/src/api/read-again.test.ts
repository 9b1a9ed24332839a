import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, test } from "vitest";
import { readAgain } from "./read-again.ts";

const client = new QueryClient();
afterEach(() => client.clear());

/** How often the page has read after an operation; once it did when it was opened. */
async function readsAfter(leavesPage: boolean | undefined, error: Error | null): Promise<number> {
  let reads = 0;
  const queryFn = () => Promise.resolve(++reads);
  const page = new QueryObserver(client, { queryKey: ["secret"], queryFn });
  const leave = page.subscribe(() => undefined);
  await page.fetchOptimistic({ queryKey: ["secret"], queryFn });
  await client.invalidateQueries(readAgain(leavesPage, error));
  leave();
  expect(client.getQueryState(["secret"])?.isInvalidated).toBe(reads === 1);
  return reads;
}

test("an operation has everything on the page read again", async () => {
  expect(await readsAfter(undefined, null)).toBe(2);
  expect(await readsAfter(false, null)).toBe(2);
});

test("one that removes what the page shows does not, but the next page reads anew", async () => {
  expect(await readsAfter(true, null)).toBe(1);
});

test("one that removes nothing, for it was refused, does", async () => {
  expect(await readsAfter(true, new Error("refused"))).toBe(2);
});
