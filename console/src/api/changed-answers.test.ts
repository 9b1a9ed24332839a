import { MutationObserver, QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChangedAnswers } from "./changed-answers.ts";

const LONGER_THAN_A_LOOK_MS = 301;

let client: QueryClient;
let answers: ChangedAnswers;

beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient();
  answers = new ChangedAnswers(client);
});

afterEach(() => {
  client.clear();
  vi.useRealTimers();
});

/** A query that something shows; each read takes until `finish`. */
async function shown(name: string, topics: readonly string[]) {
  let reads = 0;
  let finish = () => undefined as void;
  const queryFn = () => {
    reads += 1;
    return new Promise<number>((resolve) => {
      finish = () => resolve(reads);
    });
  };
  new QueryObserver(client, { queryKey: [name], queryFn, meta: { topics } }).subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  return {
    reads: () => reads,
    finish: async () => {
      finish();
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

test("what depends on a topic is read again, and nothing else", async () => {
  const services = await shown("services", ["services"]);
  const alarms = await shown("alarms", ["alarms"]);
  await services.finish();
  await alarms.finish();
  answers.readAgain(["services"]);
  expect([services.reads(), alarms.reads()]).toEqual([2, 1]);
  await services.finish();
  answers.readAgain(["everything"]);
  expect([services.reads(), alarms.reads()]).toEqual([3, 2]);
});

test("what is being read is not cut off, and read once more when that is done", async () => {
  const services = await shown("services", ["services"]);
  answers.readAgain(["services"]);
  answers.readAgain(["services"]);
  await vi.advanceTimersByTimeAsync(10 * LONGER_THAN_A_LOOK_MS);
  expect(services.reads()).toBe(1);
  await services.finish();
  await vi.advanceTimersByTimeAsync(LONGER_THAN_A_LOOK_MS);
  expect(services.reads()).toBe(2);
  await services.finish();
  await vi.advanceTimersByTimeAsync(10 * LONGER_THAN_A_LOOK_MS);
  expect(services.reads()).toBe(2);
});

test("a slow answer does not make others of its topics be read again and again", async () => {
  const slow = await shown("slow", ["services"]);
  const quick = await shown("quick", ["services"]);
  await quick.finish();
  answers.readAgain(["services"]);
  expect(quick.reads()).toBe(2);
  await quick.finish();
  await vi.advanceTimersByTimeAsync(10 * LONGER_THAN_A_LOOK_MS);
  expect([slow.reads(), quick.reads()]).toEqual([1, 2]);
});

test("an answer that names no topic is read again as well when everything has changed, also when it was being read", async () => {
  const info = await shown("info", []);
  answers.readAgain(["everything"]);
  await info.finish();
  await vi.advanceTimersByTimeAsync(LONGER_THAN_A_LOOK_MS);
  expect(info.reads()).toBe(2);
});

test("what the page shows is not read while it is being deleted, nor after that, but when it could not be", async () => {
  const user = await shown("user", ["resources"]);
  await user.finish();
  let end = (_failed: boolean) => undefined as void;
  const remove = new MutationObserver(client, {
    meta: { leavesPage: true },
    gcTime: 0,
    mutationFn: () =>
      new Promise<void>((resolve, reject) => {
        end = (failed) => (failed ? reject(new Error("refused")) : resolve());
      }),
  });
  const leave = remove.subscribe(() => undefined);
  const removing = remove.mutate().catch(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  answers.readAgain(["resources"]);
  await vi.advanceTimersByTimeAsync(10 * LONGER_THAN_A_LOOK_MS);
  expect(user.reads()).toBe(1);
  end(true);
  await removing;
  await vi.advanceTimersByTimeAsync(LONGER_THAN_A_LOOK_MS);
  expect(user.reads()).toBe(2);
  await user.finish();

  const again = remove.mutate();
  await vi.advanceTimersByTimeAsync(0);
  end(false);
  await again;
  answers.readAgain(["resources"]);
  await vi.advanceTimersByTimeAsync(10 * LONGER_THAN_A_LOOK_MS);
  expect(user.reads()).toBe(2);
  leave();
  await vi.advanceTimersByTimeAsync(2 * LONGER_THAN_A_LOOK_MS);
  expect(user.reads()).toBe(3);
});

test("of a row that is being taken away nothing is read, until that is over; others are", async () => {
  const going = await shown("going", ["resources"]);
  const staying = await shown("staying", ["resources"]);
  await going.finish();
  await staying.finish();
  let end = () => undefined as void;
  const remove = new MutationObserver<undefined, Error, string>(client, {
    meta: { takes: (name: string) => [[name]] },
    gcTime: 0,
    mutationFn: () =>
      new Promise((resolve) => {
        end = () => resolve(undefined);
      }),
  });
  const leave = remove.subscribe(() => undefined);
  const removing = remove.mutate("going");
  await vi.advanceTimersByTimeAsync(0);
  answers.readAgain(["resources"]);
  await vi.advanceTimersByTimeAsync(10 * LONGER_THAN_A_LOOK_MS);
  expect([going.reads(), staying.reads()]).toEqual([1, 2]);
  end();
  await removing;
  leave();
  await vi.advanceTimersByTimeAsync(2 * LONGER_THAN_A_LOOK_MS);
  expect([going.reads(), staying.reads()]).toEqual([2, 2]);
});
