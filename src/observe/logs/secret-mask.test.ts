import { expect, test } from "vitest";
import { maskOf } from "./secret-mask.ts";
import { allTexts, application, hex, logBench, LONG_MS, owner, patience } from "./test-support.ts";

function masked(values: readonly string[], ...texts: readonly string[]): readonly string[] {
  const lines = texts.map((text) => ({ stream: "stdout" as const, timestampMs: 1, text, cursor: "c" }));
  return maskOf(values)(lines).map(({ text }) => text);
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

test("a line keeps its cursor, which is made when it is asked for", () => {
  class Line {
    readonly stream = "stdout";
    readonly timestampMs = 1;
    readonly text = "a secret";
    get cursor() {
      return "c";
    }
  }
  expect(maskOf(["secret"])([new Line()])).toEqual([
    { stream: "stdout", timestampMs: 1, text: "a ***", cursor: "c" },
  ]);
});

test("a line that says no secret is handed on as it is, cursor and all", () => {
  const lines = [{ stream: "stderr" as const, timestampMs: 1, text: "x", cursor: "c" }];
  expect(maskOf(["secret"])(lines)).toBe(lines);
  expect(maskOf([])(lines)).toBe(lines);
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
