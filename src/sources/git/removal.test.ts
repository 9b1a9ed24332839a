import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/test-repository.ts";
import { prepareMirror } from "./mirror.ts";
import { removeWhole } from "./removal.ts";

const FILES = 1_000;

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await temporaryDirectory();
  path = join(directory, "mirror.git");
  await mkdir(join(path, "objects", "pack"), { recursive: true });
  const packs = Array.from({ length: FILES }, (_, index) => join(path, "objects", "pack", `${index}.pack`));
  await Promise.all(packs.map((pack) => writeFile(pack, "")));
});
afterEach(() => rm(directory, { recursive: true }));

/** Looks on from a thread of its own, without a pause, how many of the files there are. */
const ONLOOKER = `
  const { readdirSync } = require("node:fs");
  const { parentPort, workerData } = require("node:worker_threads");
  const isOver = new Int32Array(workerData.isOver);
  const counts = new Set([readdirSync(workerData.packs).length]);
  parentPort.postMessage("ready");
  while (Atomics.load(isOver, 0) === 0) {
    try { counts.add(readdirSync(workerData.packs).length); } catch { counts.add(0); }
  }
  parentPort.postMessage([...counts].sort((a, b) => a - b));
`;

async function countsDuring(work: () => Promise<void>): Promise<unknown> {
  const isOver = new SharedArrayBuffer(4);
  const packs = join(path, "objects", "pack");
  const onlooker = new Worker(ONLOOKER, { eval: true, workerData: { packs, isOver } });
  await once(onlooker, "message");
  const seen = once(onlooker, "message");
  await work();
  Atomics.store(new Int32Array(isOver), 0, 1);
  return (await seen)[0];
}

test("a directory is whole until it is gone", async () => {
  expect(await countsDuring(() => removeWhole(path))).toEqual([0, FILES]);
  expect(await readdir(directory)).toEqual([]);
  await removeWhole(path);
});

test("so is a mirror that has too many packs", async () => {
  const store = {
    gitDirectory: path,
    environment: process.env,
    signal: new AbortController().signal,
    timeoutMs: 10_000,
  };
  expect(await countsDuring(() => prepareMirror(store, FILES))).toEqual([0, FILES]);
  expect(existsSync(join(path, "HEAD"))).toBe(true);
});
