// Packed logs that a disk has damaged: everything else is read on, and the log says what is missing.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LogQuery } from "../../ports/service-log.ts";
import type { FileServiceLog } from "./file-service-log.ts";
import { decodeIndex } from "./packed-segment.ts";
import type { Block } from "./segment-block.ts";
import { allTexts, application, hex, logBench, LONG_MS, owner, patience } from "./test-support.ts";

const instanceId = hex(7);
const stream = application(instanceId);
const LINES = 5_000;

/** One packed segment of several blocks. */
async function packedLog() {
  const { directory, engine, open } = await logBench();
  engine.batchSize = 500;
  engine.print(...Array.from({ length: LINES }, (_, index) => `line ${index} ${"x".repeat(100)}`));
  engine.end();
  const log = open();
  log.follow(owner, instanceId);
  await log.finish(instanceId, LONG_MS);
  const streamDirectory = join(directory, owner.serviceId, "instances", instanceId);
  await expect.poll(async () => readdir(streamDirectory), patience).toEqual(["0.jsonl.zst"]);
  const path = join(streamDirectory, "0.jsonl.zst");
  const whole = await readFile(path);
  const blocks = decodeIndex(whole, null, whole.length) as readonly Block[];
  expect(blocks.length).toBeGreaterThan(2);
  return { path, whole, blocks, open };
}

function find(log: FileServiceLog, text: string) {
  const query: LogQuery = {
    owner,
    group: "application",
    streams: null,
    startTimeMs: -Infinity,
    endTimeMs: Infinity,
    required: [text],
    matches: () => true,
    cursor: null,
    limit: 10,
    timeLimitMs: LONG_MS,
  };
  return log.search(query, new AbortController().signal);
}

test("a damaged block is a line that says so; what is before and behind it is read and found", async () => {
  const { path, whole, blocks, open } = await packedLog();
  const [, damaged] = blocks as [Block, Block];
  const torn = Buffer.from(whole);
  const middle = damaged.offset + Math.floor(damaged.bytes / 2);
  torn.fill(0, middle, middle + 16);
  await writeFile(path, torn);
  const log = open();
  const texts = await allTexts(log, stream, 10_000);
  const notice = `[Slipway] ${damaged.lineCount} lines cannot be read any more: their file is damaged.`;
  expect(texts.filter((text) => text === notice)).toHaveLength(1);
  expect(texts).toHaveLength(LINES - damaged.lineCount + 1);
  expect(texts.at(-1)).toMatch(/^line 4999 /);
  expect((await find(log, "line 4999 ")).lines).toHaveLength(1);
  expect((await find(log, "cannot be read")).lines.map(({ text }) => text)).toEqual([notice]);
  const page = await log.readBackward(owner, stream, { cursor: null }, 1);
  expect(page.lines[0]?.text).toMatch(/^line 4999 /);
});

const damages: Readonly<Record<string, (whole: Buffer) => Buffer>> = {
  "cut off": (whole) => whole.subarray(0, whole.length / 2),
  "without its index": (whole) => whole.subarray(0, -4),
  "said to have an index of four gigabytes": (whole) => whole.fill(0xff, whole.length - 8, whole.length - 4),
};

test.each(Object.entries(damages))(
  "a segment that is %s keeps nothing else from being read",
  async (_how, damage) => {
    const { path, whole, open } = await packedLog();
    await writeFile(path, damage(whole));
    const log = open();
    expect(await allTexts(log, stream)).toEqual([
      "[Slipway] Lines cannot be read any more: their file is damaged.",
    ]);
    expect(await log.streams(owner)).toHaveLength(1);
    expect((await find(log, "line 1 ")).lines).toEqual([]);
    expect((await find(log, "cannot be read")).lines).toHaveLength(1);
  },
);
