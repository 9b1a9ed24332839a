import { expect, test } from "vitest";
import { nothingHidden, SecretMask } from "./secret-mask.ts";

test("a value is hidden wherever it stands, and with it the value that holds it", () => {
  const mask = new SecretMask(["hunter2", "hunter2-long\n"]);
  expect(mask.hide("a hunter2-long b hunter2c hunter2")).toBe("a *** b ***c ***");
});

test("each line of a value is hidden for itself", () => {
  const mask = new SecretMask(["-----BEGIN KEY-----\r\nabcdef\r\n-----END KEY-----\n"]);
  expect(
    ["x", "-----BEGIN KEY-----", "> abcdef", "-----END KEY-----"].map((line) => mask.hide(line)),
  ).toEqual(["x", "***", "> ***", "***"]);
});

test("what is too short to be told from other text stays, and so does all without secrets", () => {
  expect(new SecretMask(["abc", "", "\n"]).hide("abc abc")).toBe("abc abc");
  expect(nothingHidden.hide("anything $& at all")).toBe("anything $& at all");
});

test("characters with a meaning in patterns are taken as they are", () => {
  expect(new SecretMask(["a.*b$&"]).hide("axxb a.*b$& $&")).toBe("axxb *** $&");
});
