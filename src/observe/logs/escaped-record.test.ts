import fc from "fast-check";
import { expect, test } from "vitest";
import type { OutputLine } from "../../ports/container-engine.ts";
import { encodeEscaped } from "./escaped-record.ts";
import { encodeOutputs, hasPosition, parseRecord } from "./log-record.ts";
import { allTexts, application, hex, logBench, LONG_MS, owner, withBytes } from "./test-support.ts";

const line = fc.record({
  stream: fc.constantFrom("stdout" as const, "stderr" as const),
  timestampMs: fc.nat({ max: 3 }).map((ms) => 1_763_763_600_000 + ms),
  text: fc.string({ unit: "binary", maxLength: 100 }),
});

function encode(lines: readonly OutputLine[], maxTextBytes: number) {
  const { escaped } = withBytes(lines);
  if (escaped === undefined) throw new Error("there are no bytes");
  return encodeEscaped(escaped, maxTextBytes).map((text) => text.toString());
}

test("bytes become the records that lines become, and each text ends with a position", () => {
  const some = fc.array(line, { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 2_000 }), (said, maxTextBytes) => {
      const lines = said.map((one, index) => ({ ...one, cursor: `1~${index}~"` }));
      expect(encode(lines, 1_000_000)).toEqual(encodeOutputs(lines, 1_000_000));
      const records = encode(lines, maxTextBytes).flatMap((text) => {
        const found = text.trimEnd().split("\n").map(parseRecord);
        expect(found.map(hasPosition)).toEqual(found.map((_, index) => index === found.length - 1));
        expect(text.length <= maxTextBytes + 100 || found.length === 1).toBe(true);
        return found;
      });
      expect(records.map((record) => record?.text)).toEqual(lines.map(({ text }) => text.toWellFormed()));
      const cursors = records.map((record) => record?.cursor ?? null);
      expect(cursors).toEqual(lines.map(({ cursor }, index) => (cursors[index] === null ? null : cursor)));
    }),
  );
});

test("an instance's bytes are kept without its secrets, however they are escaped", async () => {
  const { open } = await logBench();
  const texts = [
    "nothing",
    'say pass"word\\1 twice: pass"word\\1',
    String.raw`{"key":"pass\"word\\1"}`,
    "the end",
  ];
  const engine = {
    async *readOutput() {
      const lines = texts.map((text, index) => ({
        stream: "stdout" as const,
        timestampMs: 1,
        text,
        cursor: String(index),
      }));
      yield withBytes(lines.slice(0, 1));
      yield withBytes(lines.slice(1));
    },
  };
  const log = open({}, engine, { maskedValues: async () => ['pass"word\\1'] });
  log.follow(owner, hex(1));
  await log.finish(hex(1), LONG_MS);
  expect(await allTexts(log, application(hex(1)))).toEqual([
    "nothing",
    "say *** twice: ***",
    '{"key":"***"}',
    "the end",
  ]);
});
