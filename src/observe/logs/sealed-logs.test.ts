// Logs of services with a key of KMS: nothing of them is in the clear on the disk, and without the key nothing is read.
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PlatformEvent } from "../../domain/event.ts";
import { FakeEncryptionKeys } from "../../ports/fake-encryption-keys.ts";
import type { FoundLine, LogOwner } from "../../ports/service-log.ts";
import type { FileServiceLog } from "./file-service-log.ts";
import {
  allTexts,
  application,
  copyInChild,
  events,
  hex,
  logBench,
  LONG_MS,
  numbered,
  owner,
  patience,
  streamLimit,
} from "./test-support.ts";

const instanceId = hex(7);
const stream = application(instanceId);
const KEY = "arn:aws:kms:us-east-1:000000000000:key/1";
const open: LogOwner = { serviceId: hex(2), serviceName: "open" };
const CANARY = "canary-that-nobody-may-read";
const canaries = Array.from({ length: 3_000 }, (_, index) => `line ${index} ${CANARY} ${"x".repeat(100)}`);

/** A log whose service `owner` has a key; `open` has none. */
async function sealedBench() {
  const bench = await logBench();
  const keys = new FakeEncryptionKeys();
  const told: Omit<PlatformEvent, "id">[] = [];
  const options = {
    encryption: { keys, keyArnOf: async (id: string) => (id === owner.serviceId ? KEY : null) },
    events: { record: async (_key: string, event: Omit<PlatformEvent, "id">) => void told.push(event) },
  };
  const start = (maxBytes = 1_000_000) => bench.open(streamLimit(maxBytes), bench.engine, options);
  return { ...bench, keys, told, start, own: join(bench.directory, owner.serviceId) };
}

async function copied(
  bench: Awaited<ReturnType<typeof sealedBench>>,
  lines: readonly string[],
  maxBytes?: number,
) {
  const log = bench.start(maxBytes);
  bench.engine.batchSize = 500;
  bench.engine.print(...lines);
  bench.engine.end();
  log.follow(owner, instanceId);
  await log.finish(instanceId, LONG_MS);
  return log;
}

async function bytesBelow(directory: string): Promise<Buffer> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(
    await Promise.all(files.map(async (file) => readFile(join(file.parentPath, file.name)))),
  );
}

async function find(log: FileServiceLog, required: readonly string[]): Promise<readonly FoundLine[]> {
  const lines: FoundLine[] = [];
  for (let cursor: string | null = null; ;) {
    const query = {
      owner,
      group: "application" as const,
      streams: null,
      startTimeMs: 0,
      endTimeMs: Infinity,
    };
    const page = await log.search(
      { ...query, required, matches: () => true, cursor, limit: 500, timeLimitMs: LONG_MS },
      new AbortController().signal,
    );
    lines.push(...page.lines);
    if (page.cursor === null) return lines;
    ({ cursor } = page);
  }
}

test("nothing that is said is on the disk, and all of it is read and found, written and packed", async () => {
  const bench = await sealedBench();
  const log = await copied(bench, canaries);
  await log.write(owner, events, { key: "1", text: CANARY });
  await log.write(owner, { kind: "operation", operationId: hex(9) }, { key: "1", text: CANARY });
  await log.writeAccess(owner, [{ timestampMs: 1, text: CANARY }]);
  const check = async (reader: FileServiceLog) => {
    expect(await allTexts(reader, stream)).toEqual(canaries);
    expect(await allTexts(reader, stream, 97)).toEqual(canaries);
    expect(await allTexts(reader, events)).toEqual([`[AppRunner] ${CANARY}`]);
    expect(await allTexts(reader, { kind: "access" })).toEqual([CANARY]);
    expect(await reader.tail(owner, instanceId, 2)).toEqual(canaries.slice(-2));
    expect((await find(reader, ["line 29", CANARY])).map(({ text }) => text)).toEqual(
      canaries.filter((text) => text.includes("line 29")),
    );
    expect((await find(reader, [])).length).toBe(canaries.length);
    const page = await reader.readBackward(owner, stream, { cursor: null }, 7);
    expect(page.lines.map(({ text }) => text)).toEqual(canaries.slice(-7));
    const bytes = await bytesBelow(bench.directory);
    expect(bytes.length).toBeGreaterThan(10_000);
    expect(bytes.includes(CANARY)).toBe(false);
  };
  await check(log);
  const instances = join(bench.own, "instances", instanceId);
  await expect
    .poll(async () => (await readdir(instances)).toSorted().slice(0, 2), patience)
    .toEqual(["0.sealed.zst", "1.sealed.zst"]);
  await check(log);
  await check(bench.start());
});

test("a service without a key beside it is kept as ever", async () => {
  const bench = await sealedBench();
  const log = bench.start();
  await log.write(open, events, { key: "1", text: "hello" });
  expect(await readdir(join(bench.directory, open.serviceId))).toContain("events.jsonl");
  expect((await bytesBelow(join(bench.directory, open.serviceId))).includes("hello")).toBe(true);
});

test("while a key is disabled nothing is written or read, and all is there when it is enabled", async () => {
  const bench = await sealedBench();
  const log = bench.start();
  bench.engine.print("before");
  log.follow(owner, instanceId);
  await expect.poll(async () => allTexts(log, stream), patience).toEqual(["before"]);
  bench.keys.setUnavailable(KEY, "disabled");
  bench.engine.print("meanwhile");
  await log.write(owner, events, { key: "1", text: "meanwhile" });
  await log.writeAccess(owner, [{ timestampMs: 1, text: "{}" }]);
  await log.writeAccess(owner, [{ timestampMs: 2, text: "{}" }]);
  await log.write(open, events, { key: "1", text: "not concerned" });
  await expect.poll(() => bench.problems, patience).toContain("log-copy-failed");
  for (const reading of [
    () => allTexts(log, stream),
    () => log.readBackward(owner, stream, { cursor: null }, 10),
    () => find(log, ["before"]),
    () => log.assertReadable(owner),
  ]) {
    await expect(reading()).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: expect.stringContaining(`${KEY} is disabled`) as string,
    });
  }
  expect(await log.tail(owner, instanceId, 5)).toEqual([]);
  expect((await log.streams(owner)).map((one) => one.stream)).toEqual([stream]);
  expect(await log.groups()).toHaveLength(2);
  expect((await log.read(open, events, { cursor: null }, 10)).lines.map(({ text }) => text)).toEqual([
    "[AppRunner] not concerned",
  ]);
  expect(bench.told.map(({ serviceId, resources }) => [serviceId, resources])).toContainEqual([
    owner.serviceId,
    [KEY],
  ]);
  await log.assertReadable(open);
  bench.keys.setUnavailable(KEY, null);
  await log.assertReadable(owner);
  await expect.poll(async () => allTexts(log, stream), patience).toEqual(["before", "meanwhile"]);
  await log.write(owner, events, { key: "2", text: "afterwards" });
  expect(await allTexts(log, events)).toEqual(["[AppRunner] meanwhile", "[AppRunner] afterwards"]);
  await log.writeAccess(owner, [{ timestampMs: 3, text: "{}" }]);
  await log.writeAccess(owner, [{ timestampMs: 4, text: "{}" }]);
  expect(await allTexts(log, { kind: "access" })).toEqual(['{"missingLines":2}', "{}", "{}"]);
  bench.engine.end();
  await log.finish(instanceId, LONG_MS);
});

test("however many logs wait for a key, memory is bounded: the oldest are given up", async () => {
  const bench = await sealedBench();
  const log = bench.start();
  bench.keys.setUnavailable(KEY, "disabled");
  const operation = (number: number) => ({ kind: "operation" as const, operationId: hex(number) });
  const count = 1_100;
  for (let number = 1; number <= count; number++) {
    await log.write(owner, operation(number), { key: "1", text: "begun" });
  }
  bench.keys.setUnavailable(KEY, null);
  for (const number of [1, 50, count]) await log.write(owner, operation(number), { key: "2", text: "ended" });
  expect(await allTexts(log, operation(1))).toEqual(["[AppRunner] ended"]);
  expect(await allTexts(log, operation(50))).toEqual(["[AppRunner] ended"]);
  expect(await allTexts(log, operation(count))).toEqual(["[AppRunner] begun", "[AppRunner] ended"]);
});

test("logs under a deleted key are removed like others", async () => {
  const bench = await sealedBench();
  const log = await copied(bench, canaries);
  await log.write(owner, events, { key: "1", text: "one" });
  // The process that wrote it has ended, and packs nothing any more.
  await log.start(AbortSignal.abort());
  bench.keys.setUnavailable(KEY, "deleted");
  const later = bench.start();
  await later.removeGroup(owner, "application");
  expect(await later.streams(owner)).toHaveLength(1);
  bench.clock.nowMs += 20 * 86_400_000;
  await later.sweep();
  await later.sweep();
  expect(await readdir(bench.directory)).toEqual([]);
});

test("a key is opened once for many readings, and anew after a change", async () => {
  const bench = await sealedBench();
  const log = await copied(bench, numbered(10));
  const other = bench.start();
  for (let times = 0; times < 5; times++) await allTexts(other, stream);
  expect(bench.keys.openedCount).toBe(1);
  bench.keys.setUnavailable(KEY, null);
  await allTexts(other, stream);
  expect(bench.keys.openedCount).toBe(2);
  expect(await allTexts(log, stream)).toEqual(numbered(10));
});

test("wherever the file was torn, copying goes on without loss or doubles", { timeout: 30_000 }, async () => {
  const text = fc.string({ unit: "binary", maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 1, maxLength: 30 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (lines, share) => {
        const bench = await sealedBench();
        bench.engine.print(...lines);
        bench.engine.end();
        const path = join(bench.own, "instances", instanceId, "0.sealed");
        for (let run = 0; run < 2; run++) {
          const log = bench.start();
          log.follow(owner, instanceId);
          await log.finish(instanceId, LONG_MS);
          expect(await allTexts(log, stream)).toEqual(lines.map((line) => line.toWellFormed()));
          await truncate(path, Math.floor((await stat(path)).size * share));
          expect((await allTexts(bench.start(), stream)).length).toBeLessThanOrEqual(lines.length);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test(
  "each line is copied exactly once however often the control plane is killed while it writes and packs",
  { timeout: 120_000 },
  async () => {
    const bench = await sealedBench();
    const limit = 6 * 1024 * 1024;
    const sealed = (log: FileServiceLog) => allTexts(log, stream, 10_000);
    const options = { encryption: { keys: bench.keys, keyArnOf: async () => "k" } };
    const start = () => bench.open(streamLimit(limit), bench.engine, options);
    for (const [run, killAfter] of [0, 20_000, 22_000, 28_000, 44_000].entries()) {
      expect(await copyInChild(bench.directory, 50_000, killAfter, run * 3, limit, 1)).toBe("SIGKILL");
      const found = await sealed(start());
      expect(found).toEqual(numbered(found.length));
    }
    expect(await copyInChild(bench.directory, 50_000, 50_000, 0, limit, 1)).toBeNull();
    const log = start();
    const instances = join(bench.own, "instances", instanceId);
    await expect
      .poll(async () => {
        await log.sweep();
        return (await readdir(instances)).filter((name) => !name.endsWith(".sealed.zst"));
      }, patience)
      .toEqual([]);
    expect(await sealed(log)).toEqual(numbered(50_000));
  },
);

test("what a power cut left of the last lines is copied again", async () => {
  const bench = await sealedBench();
  bench.engine.print(...numbered(10));
  bench.engine.end();
  for (let run = 0; run < 2; run++) {
    const log = bench.start();
    log.follow(owner, instanceId);
    await log.finish(instanceId, LONG_MS);
    expect(await allTexts(log, stream)).toEqual(numbered(10));
    // Its length came to the disk, and its end did not.
    const path = join(bench.own, "instances", instanceId, "0.sealed");
    const whole = await readFile(path);
    await writeFile(path, whole.fill(0, whole.length - 20));
    expect(await allTexts(bench.start(), stream)).toEqual(numbered(7));
  }
  expect(bench.engine.calls).toEqual([null, "7"]);
});

test("what is changed, or put in another place, reads as a line that says so, and the rest is read on", async () => {
  const bench = await sealedBench();
  const log = bench.start();
  for (const text of ["one", "two", "three"]) await log.write(owner, events, { key: text, text });
  const path = join(bench.own, "events.sealed");
  const whole = await readFile(path);
  const frames = framesOf(whole);
  expect(frames).toHaveLength(3);
  const damaged = (texts: readonly string[]) => texts.filter((text) => text.includes("damaged")).length;
  const changed = Buffer.from(whole);
  const middle = (frames[1]?.at ?? 0) + 30;
  changed.writeUInt8(changed.readUInt8(middle) ^ 1, middle);
  await writeFile(path, changed);
  const texts = await allTexts(bench.start(), events);
  expect(texts.filter((text) => text.startsWith("[AppRunner]"))).toEqual([
    "[AppRunner] one",
    "[AppRunner] three",
  ]);
  const swapped = Buffer.concat([
    whole.subarray(0, frames[0]?.at),
    ...[1, 0, 2].map((index) => whole.subarray(frames[index]?.at, frames[index]?.end)),
  ]);
  await writeFile(path, swapped);
  expect((await allTexts(bench.start(), events)).filter((text) => text.startsWith("[AppRunner]"))).toEqual([
    "[AppRunner] three",
  ]);
  // As another stream's.
  await writeFile(path, whole);
  await log.write(owner, { kind: "operation", operationId: hex(9) }, { key: "1", text: "other" });
  await rename(path, join(bench.own, "operations", `${hex(9)}.sealed`));
  const moved = await allTexts(bench.start(), { kind: "operation", operationId: hex(9) });
  expect(moved).toHaveLength(1);
  expect(damaged(moved)).toBe(1);
});

test("a file in the place of another reads as damaged there, also while its key is open", async () => {
  const bench = await sealedBench();
  const other: LogOwner = { serviceId: hex(3), serviceName: "other" };
  const encryption = { keys: bench.keys, keyArnOf: async () => KEY };
  const log = bench.open(streamLimit(1_000_000), bench.engine, { encryption });
  await log.write(owner, events, { key: "1", text: "mine" });
  await log.write(other, events, { key: "1", text: CANARY });
  const theirs = join(bench.directory, other.serviceId, "events.sealed");
  expect((await log.read(other, events, { cursor: null }, 10)).lines).toHaveLength(1);
  await writeFile(join(bench.own, "events.sealed"), await readFile(theirs));
  const moved = await allTexts(log, events);
  expect(moved).toEqual([expect.stringContaining("damaged")]);
  const instances = join(bench.own, "instances", instanceId);
  bench.engine.print(CANARY);
  bench.engine.end();
  log.follow(owner, instanceId);
  await log.finish(instanceId, LONG_MS);
  await mkdir(instances.replace(instanceId, hex(8)));
  await copyFile(join(instances, "0.sealed"), join(instances.replace(instanceId, hex(8)), "0.sealed"));
  expect((await find(log, [CANARY])).map((line) => line.stream)).toEqual([stream]);
  const all = (await find(log, [])).map(({ text }) => text);
  expect(all.toSorted()).toEqual([expect.stringContaining("damaged"), CANARY]);
  expect((await log.read(other, events, { cursor: null }, 10)).lines).toHaveLength(1);
});

test("a stream whose newest segment lost its head goes on in another one", async () => {
  const bench = await sealedBench();
  await bench.start().write(owner, events, { key: "1", text: "one" });
  const path = join(bench.own, "events.sealed");
  const changed = await readFile(path);
  changed.writeUInt8(changed.readUInt8(20) ^ 1, 20);
  await writeFile(path, changed);
  const log = bench.start();
  await log.write(owner, events, { key: "2", text: "two" });
  expect((await allTexts(log, events)).at(-1)).toBe("[AppRunner] two");
  await rm(path);
  expect(await allTexts(log, events)).toEqual(["[AppRunner] two"]);
});

/** As the form of the file says: length and checksum before each part, the first of which is the head. */
function framesOf(whole: Buffer): readonly { readonly at: number; readonly end: number }[] {
  const parts: { at: number; end: number }[] = [];
  for (let at = 0; at < whole.length;) {
    const end = at + 8 + whole.readUInt32LE(at);
    parts.push({ at, end });
    at = end;
  }
  return parts.slice(1);
}
