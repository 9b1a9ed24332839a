import fc from "fast-check";
import { expect, test } from "vitest";
import { maskOf } from "./secret-mask.ts";
import { allTexts, application, hex, logBench, LONG_MS, owner, patience } from "./test-support.ts";

function masked(values: readonly string[], ...texts: readonly string[]): readonly string[] {
  const lines = texts.map((text) => ({ stream: "stdout" as const, timestampMs: 1, text, cursor: "c" }));
  return maskOf(values)
    .hide(lines)
    .map(({ text }) => text);
}

test("values are replaced wherever they stand, the longest first", () => {
  expect(masked(["hunter2", "hunter2-long"], "a hunter2, hunter2-long", "hunter", "hunter2hunter2")).toEqual([
    "a ***, ***",
    "hunter",
    "******",
  ]);
});

test("each line of a value counts, also as JSON writes it; what is very short does not", () => {
  const key = '-----BEGIN KEY-----\nabc"def\\ghi\n-----END KEY-----\n';
  expect(
    masked([key, "abc"], 'abc"def\\ghi', String.raw`{"key":"abc\"def\\ghi"}`, "-----END KEY-----", "abc"),
  ).toEqual(["***", '{"key":"***"}', "***", "abc"]);
});

test("where a value is in a line, it is found in the line's bytes", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "b", '"', "\\", "\n", "é", "🚢", "<"),
    minLength: 4,
    maxLength: 9,
  });
  const ways = fc.constantFrom<(value: string) => string>(
    (value) => value,
    (value) => JSON.stringify(value),
    (value) => encodeURIComponent(value),
    (value) => Buffer.from(`user:${value}`).toString("base64"),
  );
  fc.assert(
    fc.property(text, ways, text, (value, way, around) => {
      const said = `${around}${way(value)}${around}`.replaceAll("\n", " ");
      const bytes = Buffer.from(JSON.stringify(said).slice(1, -1));
      const isHidden = masked([value], said)[0] !== said;
      expect(maskOf([value]).mayBeIn(bytes) || !isHidden).toBe(true);
    }),
  );
  expect(maskOf(["hunter2"]).mayBeIn(Buffer.from("hunter 2"))).toBe(false);
});

test("a line keeps its cursor, which is made when it is asked for", () => {
  class Line {
    readonly stream = "stdout";
    readonly timestampMs = 1;
    readonly text = "a secret";
    get cursor() {
      return "c";
    }
  }
  expect(maskOf(["secret"]).hide([new Line()])).toEqual([
    { stream: "stdout", timestampMs: 1, text: "a ***", cursor: "c" },
  ]);
});

test("a line that says no secret is handed on as it is, cursor and all", () => {
  const lines = [{ stream: "stderr" as const, timestampMs: 1, text: "x", cursor: "c" }];
  expect(maskOf(["secret"]).hide(lines)).toBe(lines);
  expect(maskOf([]).hide(lines)).toBe(lines);
});

test("nothing is copied before the secrets are known, also when they cannot be read at first", async () => {
  const { open, engine, problems } = await logBench();
  const answers: (() => readonly string[])[] = [
    () => {
      throw new Error("the vault is sealed");
    },
    () => ["hunter2"],
  ];
  const log = open({}, engine, { maskedValues: async () => (answers.shift() ?? (() => []))() });
  engine.print("the password is hunter2");
  log.follow(owner, hex(1));
  await expect.poll(async () => log.tail(owner, hex(1), 1), patience).toEqual(["the password is ***"]);
  expect(problems).toEqual(["log-copy-failed"]);
  engine.end();
  await log.finish(hex(1), LONG_MS);
  expect(await allTexts(log, application(hex(1)))).toEqual(["the password is ***"]);
});
