import { expect, test } from "vitest";
import { isOlder } from "./doctor-check.ts";

test.each([
  ["1.40", "1.41", true],
  ["1.41", "1.41", false],
  ["1.100", "1.41", false],
  ["2.9.10", "2.10", true],
  ["2.30.0", "2.30", false],
  ["2.30", "2.30.1", true],
  ["2.6.12-1+deb12u1", "2.6", false],
  ["", "2.6", true],
])("version %j is older than %s: %s", (version, minimum, expected) => {
  expect(isOlder(version, minimum)).toBe(expected);
});
