import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FakeEncryptionKeys } from "../../ports/fake-encryption-keys.ts";
import { FileAccess } from "./file-access.ts";
import { encodeWritten } from "./log-record.ts";
import { SealedSegments } from "./sealed-segments.ts";
import { streamFiles } from "./stream-files.ts";
import { StreamLog } from "./stream-log.ts";
import { readTail } from "./stream-summary.ts";
import { events, FastClock, numbered, owner, temporaryDirectory } from "./test-support.ts";
import { WrittenStream } from "./written-stream.ts";

const KEY = "arn:aws:kms:here:1:key/1";

/** A disk that is full for one append, after some of it was written. */
class FillingDisk extends FileAccess {
  spaceLeft: number | null = null;

  override async append(path: string, bytes: Buffer): Promise<void> {
    const spaceLeft = this.spaceLeft;
    this.spaceLeft = null;
    if (spaceLeft === null) return super.append(path, bytes);
    await super.append(path, bytes.subarray(0, spaceLeft));
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  }
}

async function writtenStream(keyArn: string | null) {
  const disk = new FillingDisk();
  const sealed = new SealedSegments(disk, { keys: new FakeEncryptionKeys(), keyArnOf: async () => keyArn });
  const place = { access: disk, sealed };
  const files = streamFiles(join(await temporaryDirectory(), "logs"), owner.serviceId, events);
  const limits = { maxBytes: 1_000_000, maxAgeMs: 1_000_000 };
  const stream = new WrittenStream(new StreamLog({ ...place, files, limits, clock: new FastClock() }));
  const write = async (text: string) => stream.write(text, encodeWritten(1, text, text));
  return { disk, stream, write, texts: async () => readTail(place, files, 10_000) };
}

test.each([
  ["as it is", null],
  ["encrypted", KEY],
])(
  "wherever the disk was full, each line is there once when there is space again: %s",
  async (_how, keyArn) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 700 }), async (spaceLeft) => {
        const { disk, write, texts } = await writtenStream(keyArn);
        await write("line 0");
        disk.spaceLeft = spaceLeft;
        const written = await Promise.allSettled(numbered(9, 1).map(write));
        expect(written.map(({ status }) => status)).toContain("rejected");
        await Promise.all(numbered(10).map(write));
        expect(await texts()).toEqual(numbered(10));
      }),
      { numRuns: 40 },
    );
  },
);

test("what waits for space is bounded, and the newest lines are the ones that stay", async () => {
  const { disk, stream, write, texts } = await writtenStream(null);
  for (const text of numbered(1_100)) {
    disk.spaceLeft = 0;
    await expect(write(text)).rejects.toThrow("no space left");
  }
  expect(stream.isIdle).toBe(false);
  await stream.flush();
  expect(stream.isIdle).toBe(true);
  expect(await texts()).toEqual([
    "[Slipway] 100 lines are missing: they could not be written in time.",
    ...numbered(1_000, 100),
  ]);
});
