import { expect, test } from "vitest";
import {
  encodeMark,
  encodeOutput,
  encodeWritten,
  hasPosition,
  MAX_TEXT_LENGTH,
  parseRecord,
} from "./log-record.ts";

function parseAll(encoded: string) {
  return encoded.trimEnd().split("\n").map(parseRecord);
}

test("an application's line keeps time, text and cursor", () => {
  const encoded = encodeOutput({
    stream: "stderr",
    timestampMs: 5,
    text: 'say "hi"\u0000\u001b[0m',
    cursor: "a~1",
  });
  expect(JSON.parse(encoded)).toHaveProperty("stream", "stderr");
  expect(parseAll(encoded)).toEqual([
    { timeMs: 5, text: 'say "hi"\u0000\u001b[0m', key: null, cursor: "a~1" },
  ]);
});

test("a line of ours keeps its key, and a newline in it does not end the record", () => {
  expect(parseAll(encodeWritten(7, "op:1", "one\ntwo"))).toEqual([
    { timeMs: 7, text: "one\ntwo", key: "op:1", cursor: null },
  ]);
});

test("half surrogates become valid UTF-8", () => {
  const [record] = parseAll(encodeWritten(1, "k", "a\uD800b"));
  expect(record?.text).toBe("a\uFFFDb");
});

test("a huge line becomes pieces that give it back whole, and only the last has a position", () => {
  const text = `x${"😀".repeat(MAX_TEXT_LENGTH)}`;
  const records = parseAll(encodeOutput({ stream: "stdout", timestampMs: 1, text, cursor: "9" }));
  expect(records.length).toBeGreaterThan(2);
  expect(records.map((record) => record?.text).join("")).toBe(text);
  expect(records.every((record) => record?.text?.isWellFormed())).toBe(true);
  expect(records.map(hasPosition)).toEqual([...records.slice(1).map(() => false), true]);
});

test("a mark has a position and nothing to read", () => {
  const [record] = parseAll(encodeMark(3, "c"));
  expect(record).toEqual({ timeMs: 3, text: null, key: null, cursor: "c" });
});

test.each(["", "{", "null", "[]", "7", '{"text":"a"}', '{"time":"1"}', "\u0000\u0000"])(
  "%j is not a record",
  (line) => expect(parseRecord(line)).toBeNull(),
);
