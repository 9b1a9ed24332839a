import { expect, test } from "vitest";
import { bytesText } from "./bytes.ts";

test.each([
  [0, "0 B"],
  [900, "900 B"],
  [1_536, "1.5 KiB"],
  [20 * 1_024 ** 2, "20 MiB"],
  [3.25 * 1_024 ** 3, "3.3 GiB"],
  [2_048 * 1_024 ** 5, "2048 PiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
