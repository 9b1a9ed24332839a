import { expect, test } from "vitest";
import { Chance } from "./chance.ts";
import { fuzzReader } from "./text-fuzz.ts";
import { extensionReaders, textReaders } from "./text-readers.ts";

const TEXTS_PER_READER = 1_000;

test.each([...textReaders, ...extensionReaders])(
  "$name: whatever is written, it is read or refused, and soon",
  (reader) => {
    const seed = Math.trunc(Math.random() * 2 ** 32);
    expect({ seed, finding: fuzzReader(reader, TEXTS_PER_READER, new Chance(seed)) }).toEqual({
      seed,
      finding: null,
    });
  },
);

test.each(textReaders)("$name: what is right is read", ({ examples, read }) => {
  for (const text of examples) expect(() => read(text)).not.toThrow();
});
