import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { type Question, readAgain, takeAway } from "./read-again.ts";

const client = new QueryClient();
afterEach(() => client.clear());

/** How often the page has read after an operation; once it did when it was opened. */
async function readsAfter(leavesPage: boolean | undefined, error: Error | null): Promise<number> {
  let reads = 0;
  const queryFn = () => Promise.resolve(++reads);
  const page = new QueryObserver(client, { queryKey: ["secret"], queryFn });
  const leave = page.subscribe(() => undefined);
  await page.fetchOptimistic({ queryKey: ["secret"], queryFn });
  await client.invalidateQueries(readAgain({ leavesPage, error }));
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

test("one that takes a row away does not ask about that row, nor does one that was refused keep it from being asked", async () => {
  const asked: string[] = [];
  const ask = async (target: string, name: string) => {
    const queryKey = [target, { RepositoryName: name }];
    const queryFn = () => Promise.resolve(asked.push(name));
    const row = new QueryObserver(client, { queryKey, queryFn });
    row.subscribe(() => undefined);
    await row.fetchOptimistic({ queryKey, queryFn });
  };
  await ask("Slipway.DescribeRepository", "going");
  await ask("Slipway.DescribeRepository", "staying");
  const taken: readonly Question[] = [["Slipway.DescribeRepository", { RepositoryName: "going" }]];
  asked.length = 0;
  await client.invalidateQueries(readAgain({ taken, error: null }));
  expect(asked).toEqual(["staying"]);
  await client.invalidateQueries(readAgain({ taken, error: new Error("refused") }));
  expect(asked).toEqual(["staying", "going", "staying"]);
});

test("what is being read of a thing is given up before the thing is taken away, and nothing else is", async () => {
  const givenUp: string[] = [];
  const under = (name: string) => {
    const queryFn = ({ signal }: { readonly signal: AbortSignal }) =>
      new Promise<never>(() => signal.addEventListener("abort", () => givenUp.push(name)));
    const leave = new QueryObserver(client, { queryKey: [name], queryFn, retry: false }).subscribe(
      () => undefined,
    );
    onTestFinished(leave);
  };
  under("use of the key");
  under("keys");
  const atTheAct = await takeAway(client, [["use of the key"]], () => Promise.resolve([...givenUp]));
  expect(atTheAct).toEqual(["use of the key"]);
});
