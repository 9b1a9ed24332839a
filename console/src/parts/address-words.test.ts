import { defaultParseSearch, defaultStringifySearch } from "@tanstack/react-router";
import { expect, test } from "vitest";
import { addressOf, wordText } from "./address-words.ts";

test("an address is changed word by word", () => {
  const words = new URLSearchParams("log=events&at=5");
  expect(addressOf("/x", words, { at: null, filter: "a b" })).toBe("/x?log=events&filter=a+b");
  expect(addressOf("/x", words, { at: null, log: null })).toBe("/x");
});

test.each(["ERROR", '"took too long"', "{ $.a = 1 }", '{"a":1}', "500", "true", "[1]", "a+b %20 &c=d #"])(
  "%s comes out of the router as it was put in",
  (text) => {
    const address = addressOf("/x", new URLSearchParams(), { filter: text });
    const written = defaultStringifySearch(defaultParseSearch(address.slice("/x".length)));
    expect(wordText(new URLSearchParams(written).get("filter"))).toBe(text);
  },
);
