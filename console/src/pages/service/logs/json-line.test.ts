import { expect, test } from "vitest";
import { layOutJson } from "./json-line.ts";

test("an object is laid out with its keys, texts and numbers told apart", () => {
  const tokens = layOutJson(' {"a":1,"b":"x: 2"} ');
  expect(tokens?.map(({ kind, text }) => ({ kind, text }))).toEqual([
    { kind: "plain", text: "{\n  " },
    { kind: "key", text: '"a"' },
    { kind: "plain", text: ": " },
    { kind: "number", text: "1" },
    { kind: "plain", text: ",\n  " },
    { kind: "key", text: '"b"' },
    { kind: "plain", text: ": " },
    { kind: "string", text: '"x: 2"' },
    { kind: "plain", text: "\n}" },
  ]);
});

test.each(["plain words", '"a text"', "{broken", "12", ""])("%s is no object", (line) => {
  expect(layOutJson(line)).toBeNull();
});
