import { createSecretKey } from "node:crypto";
import { expect, it } from "vitest";
import { KeyedInstanceTokens } from "./keyed-instance-tokens.ts";

const keyOf = (byte: number) => createSecretKey(Buffer.alloc(32, byte));
const tokens = new KeyedInstanceTokens(keyOf(1));
const instanceId = "0123456789abcdef0123456789abcdef";
const token = tokens.tokenOf(instanceId);

it("names its instance, also to a control plane that was started since", () => {
  expect(tokens.instanceOf(token)).toBe(instanceId);
  expect(new KeyedInstanceTokens(keyOf(1)).instanceOf(token)).toBe(instanceId);
});

it.each([
  ["another key's", new KeyedInstanceTokens(keyOf(2)).tokenOf(instanceId)],
  ["another instance's proof", token.replace(/^0/, "1")],
  ["cut", token.slice(0, -1)],
  ["longer", `${token}A`],
  // The last character has two bits that mean nothing.
  [
    "another spelling",
    token.slice(0, -1) + String.fromCodePoint((token.codePointAt(token.length - 1) ?? 0) + 1),
  ],
  ["empty", ""],
  ["an instance without proof", `${instanceId}.`],
  ["all zero", `${"0".repeat(32)}.${"A".repeat(43)}`],
])("is nobody's when it is %s", (_what, text) => {
  expect(tokens.instanceOf(text)).toBeNull();
});
