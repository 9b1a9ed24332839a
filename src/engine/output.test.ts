import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EscapedPage } from "./escaped-page.ts";
import { LineJoiner } from "./line-joiner.ts";
import { LogFile } from "./log-file.ts";
import { takeFrames } from "./log-stream.ts";
import {
  ResumeFilter,
  beginning,
  formatCursor,
  parseCursor,
  startOf,
  type OutputRecord,
  type OutputStream,
} from "./output-record.ts";

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-log-"));
  path = join(directory, "log");
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const entry = (log: string, second: number, stream: OutputStream = "stdout") =>
  `${JSON.stringify({ log, stream, time: `2026-11-20T21:00:0${second}.5Z` })}\n`;

/** The engine escapes more than `JSON.stringify`, and less by letters. */
const asTheEngineWrites = (value: unknown) =>
  JSON.stringify(value).replace(/\\[\s\S]|[<>&\u2028]/gu, (found) => {
    if (found === String.raw`\b`) return String.raw`\u0008`;
    if (found === String.raw`\f`) return String.raw`\u000c`;
    return found.length > 1 ? found : String.raw`\u` + found.charCodeAt(0).toString(16).padStart(4, "0");
  });

/** Everything there is from a cursor on, as lines. */
async function read(cursorText: string | null = null) {
  const cursor = parseCursor(cursorText);
  const file = await LogFile.open(path, startOf(cursor));
  const filter = new ResumeFilter(cursor, file.isPositioned);
  const joiner = new LineJoiner(startOf(cursor));
  const records: OutputRecord[] = [];
  for (;;) {
    const batch = await file.next();
    if (batch.length === 0) break;
    records.push(...batch);
  }
  await file.close();
  const lines = joiner.add(records.filter((record) => filter.accepts(record)));
  return lines.map(({ stream, text, timestampMs, cursor }) => ({ stream, text, timestampMs, cursor }));
}
const texts = (lines: Iterable<{ readonly text: string }>) => Array.from(lines, ({ text }) => text);

describe("output in the log file", () => {
  it("waits for the rest of a line that is being written", async () => {
    await writeFile(path, entry("one\n", 1) + entry("two\n", 2).slice(0, 20));
    const file = await LogFile.open(path, beginning);
    expect(texts(await file.next())).toEqual(["one"]);
    expect(await file.next()).toEqual([]);
    expect(await file.hasChanged()).toBe(false);
    await appendFile(path, entry("two\n", 2).slice(20));
    expect(await file.hasChanged()).toBe(true);
    expect(texts(await file.next())).toEqual(["two"]);
    await file.close();
  });

  it("leaves the event loop to others between the reads of many files", async () => {
    await writeFile(path, entry("one\n", 1).repeat(10_000));
    const files = await Promise.all(Array.from({ length: 20 }, async () => LogFile.open(path, beginning)));
    let turn = 0;
    const count = () => {
      turn++;
      counted = setImmediate(count);
    };
    let counted = setImmediate(count);
    const turns = await Promise.all(files.map(async (file) => file.next().then(() => turn)));
    clearImmediate(counted);
    expect(new Set(turns).size).toBe(files.length);
    await Promise.all(files.map(async (file) => file.close()));
  });

  it("reads what has escapes as what has none", async () => {
    const said = [
      "plain\n",
      'say "hi"\\\n',
      "tab\t\u001b[31mred\u001b[0m\n",
      "ünï 🚢\n",
      "\u0000\n",
      "\n",
      "a\\n\n",
    ];
    await writeFile(path, said.map((text) => entry(text, 1)).join(""));
    expect(texts(await read())).toEqual(said.map((text) => text.slice(0, -1)));
  });

  it("reads any text and any time as a parser of JSON does, and knows how texts are written again", async () => {
    const text = fc.string({
      unit: fc.constantFrom(
        "a",
        "n",
        '"',
        "\\",
        "\t",
        "\b",
        "\f",
        "\u001b",
        "\u0000",
        "<",
        "&",
        "é",
        "🚢",
        "\u2028",
        "\uFFFD",
        "\n",
        '","stream":"std',
      ),
    });
    const time = fc
      .record({
        second: fc.integer({ min: 0, max: 59 }),
        nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
      })
      .map(({ second, nanoseconds }) => {
        const fraction = `.${String(nanoseconds).padStart(9, "0")}`.replace(/\.?0+$/, "");
        return `2026-11-20T21:00:${String(second).padStart(2, "0")}${fraction}Z`;
      });
    const entries = fc.array(
      fc.record({ log: text, endsLine: fc.boolean(), stream: fc.constantFrom("stdout", "stderr"), time }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(entries, async (said) => {
        const stored = said.map(({ log, endsLine, ...rest }) => ({
          log: endsLine ? `${log}\n` : log,
          ...rest,
        }));
        await writeFile(path, stored.map((one) => `${asTheEngineWrites(one)}\n`).join(""));
        const file = await LogFile.open(path, beginning);
        const page = await file.next();
        const records = [...page];
        await file.close();
        expect(page instanceof EscapedPage).toBe(
          said.every(({ log, endsLine }) => endsLine || log.endsWith("\n")),
        );
        const found = records.map((record) => ({
          log: record.endsLine ? `${record.text}\n` : record.text,
          stream: record.stream,
          time: record.mark.time,
        }));
        expect(found).toEqual(stored);
        expect(records.map(({ timestampMs }) => timestampMs)).toEqual(
          stored.map((one) => Date.parse(one.time)),
        );
        if (!(page instanceof EscapedPage)) return;
        for (const [index, { text: plain, timestampMs, stream, cursor }] of records.entries()) {
          const json = page.bytes.toString("utf8", page.begin(index), page.end(index));
          expect(json).toBe(JSON.stringify(plain).slice(1, -1));
          expect([page.timestampMs(index), page.stream(index)]).toEqual([timestampMs, stream]);
          expect(page.cursor(index)).toBe(cursor);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("reads on where what was read at once ends within an entry, also lines after parts of lines", async () => {
    const said = Array.from({ length: 9_000 }, (_, index) => `line ${index} ${"x".repeat(index % 90)}\n`);
    said[4_000] = "a part ";
    await writeFile(path, said.map((text, index) => entry(text, index % 7)).join(""));
    const lines = await read();
    expect(texts(lines).join("\n")).toBe(said.join("").trimEnd());
    for (const index of [10, 3_999, 4_000, 4_001, 8_000]) {
      expect(texts(await read(lines[index]?.cursor))).toEqual(texts(lines.slice(index + 1)));
    }
  });

  it("reads what is no UTF-8, or is no text at all, as a parser does", async () => {
    const bytes = Buffer.concat([
      Buffer.from(entry("one\n", 1)),
      Buffer.from(entry("a?b\n", 2)).map((byte) => (byte === 0x3f ? 0xff : byte)),
      Buffer.from(entry("a?b\n", 3)).map((byte) => (byte === 0x3f ? 0 : byte)),
      Buffer.from(entry("two\n", 4)),
    ]);
    await writeFile(path, bytes);
    expect(texts(await read())).toEqual(["one", "a\uFFFDb", "two"]);
  });

  it("passes over what was torn, and over an end of another entry, and over nothing that stands behind it", async () => {
    const said = 'say {"log":"it"}';
    await writeFile(
      path,
      `{"log":"torn ${entry(`${said}\n`, 1)}\0\0{"log":"torn\\n","stre${entry("one\n", 2)}{"log":"torn\n${entry("two\n", 3)}`,
    );
    const lines = await read();
    expect(texts(lines)).toEqual([said, "one", "two"]);
    expect(texts(await read(lines[0]?.cursor))).toEqual(["one", "two"]);
  });

  it("a file whose last page was read holds nothing of it while it waits for a line", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    await writeFile(path, entry(`${"x".repeat(100)}\n`, 1).repeat(5_000));
    const heldBytes = () => {
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    const files = await Promise.all(Array.from({ length: 100 }, async () => LogFile.open(path, beginning)));
    await files[0]?.next();
    const before = heldBytes();
    for (const file of files) expect((await file.next()).length).toBeGreaterThan(500);
    // Buffers are given back by a thread of their own.
    await expect.poll(() => heldBytes() - before).toBeLessThan(4 * 1_024 * 1_024);
    await Promise.all(files.map(async (file) => file.close()));
  });

  it("reads a record as long as any, all of it escaped", async () => {
    const long = "\u0001".repeat(15 * 1_024);
    await writeFile(path, entry("one\n", 1) + entry(`${long}\n`, 2) + entry("two\n", 3));
    expect(texts(await read())).toEqual(["one", long, "two"]);
  });

  it("goes over to the new file after a rotation, with what was written to the old one last", async () => {
    await writeFile(path, entry("one\n", 1));
    const file = await LogFile.open(path, beginning);
    expect(texts(await file.next())).toEqual(["one"]);
    await appendFile(path, entry("two\n", 2));
    await rename(path, `${path}.1`);
    await writeFile(path, entry("three\n", 3));
    expect(texts(await file.next())).toEqual(["two"]);
    expect(texts(await file.next())).toEqual(["three"]);
    expect(await file.next()).toEqual([]);
    await file.close();
  });

  it("resumes in a file that was rotated meanwhile", async () => {
    await writeFile(path, entry("one\n", 1) + entry("two\n", 2));
    const [first] = await read();
    await rename(path, `${path}.1`);
    await writeFile(path, entry("three\n", 3));
    expect(texts(await read(first?.cursor))).toEqual(["two", "three"]);
  });

  it("goes by time when the file of the cursor is gone, also when its inode is used again", async () => {
    await writeFile(path, entry("one\n", 1) + entry("two\n", 2));
    const lines = await read();
    const inode = lines[1]?.cursor.split("~")[0] ?? "";
    await writeFile(path, entry("two\n", 2) + entry("three\n", 3));
    for (const foreign of [inode, "1"]) {
      const cursor = lines[1]?.cursor.replace(/^\d+/, foreign) ?? "";
      expect(texts(await read(cursor))).toEqual(["three"]);
    }
  });

  it("passes over what is no record", async () => {
    await writeFile(path, `\0\0\0\n{"log":"torn\n${entry("one\n", 1)}`);
    expect(texts(await read())).toEqual(["one"]);
  });

  it("joins a cut line, and each cursor resumes both streams", async () => {
    const parts = [
      entry("begin ", 1),
      entry("error 1\n", 2, "stderr"),
      entry("middle ", 3),
      entry("error 2\n", 4, "stderr"),
      entry("end\n", 5),
      entry("last\n", 6),
    ];
    await writeFile(path, parts.join(""));
    const lines = await read();
    expect(texts(lines)).toEqual(["error 1", "error 2", "begin middle end", "last"]);
    for (const [index, { cursor }] of lines.entries()) {
      expect(await read(cursor)).toEqual(lines.slice(index + 1));
    }
  });

  it("splits lines before 256 KiB", async () => {
    const piece = "x".repeat(16 * 1_024);
    await writeFile(path, entry(piece, 1).repeat(40) + entry("end\n", 2));
    const lines = await read();
    expect(texts(lines).join("")).toBe(`${piece.repeat(40)}end`);
    expect(Math.max(...lines.map(({ text }) => text.length))).toBeLessThanOrEqual(256 * 1_024);
    expect(texts(await read(lines[0]?.cursor))).toEqual(texts(lines.slice(1)));
  });

  it("tells records of the same time apart", async () => {
    await writeFile(path, entry("one\n", 1) + entry("two\n", 1) + entry("three\n", 1));
    const lines = await read();
    const byTime = lines[1]?.cursor.replace(/^\d+/, "1") ?? "";
    expect(texts(await read(byTime))).toEqual(["three"]);
  });
});

describe("a cursor", () => {
  it("survives its text form", () => {
    const at = { inode: "12", offset: 34, time: "2026-11-20T21:00:00.5Z", ordinal: 2 };
    for (const cursor of [
      { at, lag: null },
      { at, lag: { stream: "stderr" as const, mark: { ...at, offset: 3 } } },
    ]) {
      expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
    }
  });

  it("that is not ours means the beginning", () => {
    expect(parseCursor("something")).toBeNull();
    expect(parseCursor(null)).toBeNull();
  });
});

describe("frames of the API", () => {
  it("are taken when they are complete", () => {
    const frame = (stream: number, text: string) =>
      Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);
    const bytes = Buffer.concat([frame(1, "out"), frame(2, "err"), frame(1, "cut")]);
    const { frames, remainder } = takeFrames(bytes.subarray(0, -1));
    expect(frames).toEqual([
      { isStderr: false, text: "out" },
      { isStderr: true, text: "err" },
    ]);
    expect(remainder).toHaveLength(10);
  });
});
