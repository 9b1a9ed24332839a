import { expect, test } from "vitest";
import { colouredParts } from "./coloured-parts.ts";

test.each([
  ["# only a comment", [["comment", "# only a comment"]]],
  [
    'port: "80" # where',
    [
      ["name", "port"],
      ["plain", ": "],
      ["text", '"80"'],
      ["plain", " "],
      ["comment", "# where"],
    ],
  ],
  [
    "  --region us-east-1 \\",
    [
      ["plain", "  "],
      ["name", "--region"],
      ["plain", " us-east-1 \\"],
    ],
  ],
  ["", []],
] as const)("%s", (line, parts) => {
  expect(colouredParts(line).map(({ kind, text }) => [kind, text])).toEqual(parts);
});

test("nothing of a line is lost, whatever it holds", () => {
  for (const line of [`a'b"c#d`, `"open`, `x = "a\\"b" # 'c'`, "- name: 'it''s'"]) {
    expect(
      colouredParts(line)
        .map(({ text }) => text)
        .join(""),
    ).toBe(line);
  }
});
