import fc from "fast-check";
import { expect, test } from "vitest";
import { SecretMask } from "../../domain/secret-mask.ts";
import { cleanLine, LINE_BYTES_MAX, TextLines } from "./text-lines.ts";

function linesOf(...chunks: readonly (string | Buffer)[]): readonly string[] {
  const lines = new TextLines();
  return [...chunks.flatMap((chunk) => lines.push(Buffer.from(chunk))), ...lines.end()];
}

test("lines are put together from chunks cut anywhere, also within a character", () => {
  const bytes = Buffer.from("grüße\nzwei\r\n\ndrei");
  expect(linesOf(...[...bytes].map((byte) => Buffer.from([byte])))).toEqual(["grüße", "zwei", "", "drei"]);
});

test("a progress bar is told once, as it was at last", () => {
  expect(linesOf("10%\r50%", "\r100%\nnext\n")).toEqual(["100%", "next"]);
});

test("colours, titles and control characters are taken out", () => {
  expect(cleanLine("\u001B[1;31mred\u001B[0m \u001B]0;title\u0007a\tb\u0000\u0085c\u2028d")).toBe(
    "red a    bcd",
  );
});

test("a line without end is cut and takes no memory", () => {
  const lines = new TextLines();
  for (let index = 0; index < 1_000; index++) lines.push(Buffer.alloc(10_000, "ä"));
  const [line = ""] = lines.push(Buffer.from("\n"));
  expect(Buffer.byteLength(line)).toBeLessThanOrEqual(LINE_BYTES_MAX);
  expect(line).toMatch(/^ä+ …$/);
});

test("a value that comes in pieces is hidden, also where a long line is cut", () => {
  const value = "hunter2-".repeat(8);
  for (const before of [0, 8_100, 8_140, 8_180]) {
    for (const at of [1, 20, 60]) {
      const lines = new TextLines(SecretMask.of([value]));
      const chunks = ["x".repeat(before) + value.slice(0, at), `${value.slice(at)} and more\n`];
      const told = chunks.flatMap((chunk) => lines.push(Buffer.from(chunk))).join("\n");
      expect(told).not.toContain("hu");
      expect(told).toContain("***");
    }
  }
});

test("whatever comes, a line is short and has no control characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 20_000, size: "max" }), (text) => {
      for (const line of linesOf(text)) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(LINE_BYTES_MAX);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
    }),
    { numRuns: 50 },
  );
});
