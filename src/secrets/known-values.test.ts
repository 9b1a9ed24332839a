import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { KnownValues } from "./known-values.ts";
import { SealedVault } from "./sealed-vault.ts";

it("hides what the vault has sealed or opened, also what a record holds", () => {
  const known = new KnownValues();
  const vault = new SealedVault(randomBytes(32)).tellingOf(known);
  const sealed = vault.seal("p", "hunter2-hunter2");
  vault.seal("q", JSON.stringify({ kind: "text", text: "token-of-a-host" }));
  vault.seal("r", JSON.stringify({ 1: { value: "copy-of-elsewhere", readAtMs: 1 } }));
  expect(known.hide("copy-of-elsewhere")).toBe("***");
  const line = '{"level":50,"err":"GET https://u:token-of-a-host@host?p=hunter2-hunter2"}';
  expect(known.hide(line)).toBe('{"level":50,"err":"GET https://u:***@host?p=***"}');
  expect(vault.open("p", sealed)).toBe("hunter2-hunter2");
});

it("forgets the oldest, not what is used", () => {
  const known = new KnownValues();
  known.add("the-first-value");
  known.add("the-second-value");
  for (let index = 0; index < 499; index++) {
    known.add("the-first-value");
    known.add(`another-value-${index}`);
  }
  expect(known.hide("the-first-value the-second-value another-value-498")).toBe("*** the-second-value ***");
});

it("leaves what is short or endless as it is", () => {
  const known = new KnownValues();
  known.add("true");
  known.add("x".repeat(9_000));
  expect(known.hide(`true ${"x".repeat(9_000)}`)).toBe(`true ${"x".repeat(9_000)}`);
});
