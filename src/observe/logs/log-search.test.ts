import { expect, test } from "vitest";
import type { LogQuery } from "../../ports/service-log.ts";
import type { PlacedBlock } from "./block-catalogue.ts";
import { FileAccess } from "./file-access.ts";
import { searchBlocks } from "./log-search.ts";
import { SealedSegments } from "./sealed-segments.ts";
import type { FoundRecord, Job, JobResults, ScanJob } from "./segment-work.ts";
import { streamFiles } from "./stream-files.ts";
import { Turns } from "./turns.ts";

const ID = "1".repeat(32);
const LINES_PER_BLOCK = 1_000;
const blocks = Array.from({ length: 40 }, (_, index): PlacedBlock => {
  const rawOffset = index * 262_144;
  const times = { minTimeMs: index, maxTimeMs: index };
  const block = { offset: rawOffset, bytes: 1, rawOffset, rawBytes: 262_144, ...times, lineCount: 1_000 };
  return {
    files: streamFiles("/logs", ID, { kind: "events" }),
    segment: 0,
    path: "p",
    isPacked: true,
    block,
    seal: null,
  };
});
const query: LogQuery = {
  owner: { serviceId: ID, serviceName: "web" },
  group: "service",
  streams: null,
  startTimeMs: 0,
  endTimeMs: 1_000,
  required: [],
  matches: () => false,
  cursor: null,
  limit: 10,
  timeLimitMs: 60_000,
};

const sealed = new SealedSegments(new FileAccess(), null);

/** Threads that find as many lines in each block, and remember how many blocks they were given at once. */
function threadsThatFind(count: number) {
  const partCounts: number[] = [];
  const line = JSON.stringify({ time: 1, text: "x".repeat(200), key: "k" });
  const run = async <Kind extends Job["kind"]>(job: Job & { readonly kind: Kind }) => {
    const { parts } = job as ScanJob;
    partCounts.push(parts.length);
    const found = parts.flatMap((_, part) =>
      Array.from({ length: count }, (_line, index): FoundRecord => ({ part, rawOffset: index, line })),
    );
    return found as unknown as JobResults[Kind];
  };
  return { partCounts, run };
}

test("a search that must look at every line leaves the event loop to others", async () => {
  const workers = threadsThatFind(LINES_PER_BLOCK);
  let inTurn = 0;
  let most = 0;
  let isOver = false;
  const count = () => {
    most = Math.max(most, inTurn);
    inTurn = 0;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const matches = () => ++inTurn < 0;
  const context = { workers, turns: new Turns(), sealed, now: () => 0 };
  const searches = Array.from({ length: 3 }, async () =>
    searchBlocks(context, blocks, { ...query, matches }, new AbortController().signal),
  );
  await Promise.all(searches);
  isOver = true;
  expect(most).toBeGreaterThan(100);
  expect(most).toBeLessThan(LINES_PER_BLOCK / 2);
  expect(Math.max(...workers.partCounts)).toBe(1);
});

test("a search for something rare looks at many blocks at once", async () => {
  const workers = threadsThatFind(1);
  const context = { workers, turns: new Turns(), sealed, now: () => 0 };
  await searchBlocks(context, blocks, query, new AbortController().signal);
  expect(Math.max(...workers.partCounts)).toBe(16);
});
