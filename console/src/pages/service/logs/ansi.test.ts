import { expect, test } from "vitest";
import { parseAnsi, plainText } from "./ansi.ts";
import { MEASURED } from "../../../../../test/support/processor-time.ts";

const ESC = "\u001b";

test("colours and weights become parts with styles", () => {
  expect(parseAnsi(`a ${ESC}[1;31mred${ESC}[0m b`)).toEqual([
    { text: "a ", style: {} },
    { text: "red", style: { isBold: true, color: 1 } },
    { text: " b", style: {} },
  ]);
  expect(parseAnsi(`${ESC}[92mok${ESC}[39m, ${ESC}[48;5;196m!${ESC}[m.`)).toEqual([
    { text: "ok", style: { color: 10 } },
    { text: ", ", style: {} },
    { text: "!", style: { background: "rgb(255 0 0)" } },
    { text: ".", style: {} },
  ]);
  expect(parseAnsi(`${ESC}[38;2;1;2;3;4mx`)).toEqual([
    { text: "x", style: { color: "rgb(1 2 3)", isUnderlined: true } },
  ]);
});

test("an end of one weight leaves the others", () => {
  expect(parseAnsi(`${ESC}[1;3;4mx${ESC}[22;24my`)).toEqual([
    { text: "x", style: { isBold: true, isItalic: true, isUnderlined: true } },
    { text: "y", style: { isItalic: true } },
  ]);
});

test.each([
  ["moving the cursor", `a${ESC}[2J${ESC}[1;1Hb`, "ab"],
  ["the title of a window", `a${ESC}]0;evil\u0007b`, "ab"],
  ["a link, ended in two letters", `a${ESC}]8;;https://evil.example${ESC}\\b`, "ab"],
  ["a device's answer", `a${ESC}P1$r0m${ESC}\\b`, "ab"],
  ["controls of eight bits", "a\u009b31mb\u009d0;t\u009cc", "abc"],
  ["a sequence that never ends", `a${ESC}]0;visible all the same`, "a0;visible all the same"],
  ["half a sequence", `a${ESC}[31`, "a31"],
  ["a character set", `a${ESC}(0b`, "ab"],
  ["a lonely escape", `a${ESC}`, "a"],
  ["bells and backspaces", "pass\u0008\u0008word\u0007", "password"],
  ["turned letters", "user\u202Enimda", "user\uFFFDnimda"],
  ["markup, which is text", "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
  ["tabs, which stay", "a\tb", "a\tb"],
])("%s cannot do harm", (_what, line, text) => {
  expect(plainText(line)).toBe(text);
  expect(
    parseAnsi(line)
      .map((part) => part.text)
      .join(""),
  ).toBe(text);
});

test.each([["38;5;999"], ["38;5"], ["38;2;300;0;0"], ["48"], ["99999999999999999999"], ["38;9;9"]])(
  "nonsense in a colour (%s) is no colour",
  (codes) => {
    expect(parseAnsi(`${ESC}[${codes}mx`)[0]?.style).not.toHaveProperty("color");
  },
);

test("a colour takes no words of CSS", () => {
  const [part] = parseAnsi(`${ESC}[38;2;1;2;url(https://evil.example)mx`);
  expect(part?.style).toEqual({});
});

test("a line made to be slow is not", MEASURED, () => {
  const hostile = `${ESC}[${"1;".repeat(100_000)}${`${ESC}]`.repeat(50_000)}`;
  const startMs = performance.now();
  parseAnsi(hostile);
  expect(performance.now() - startMs).toBeLessThan(500);
});
