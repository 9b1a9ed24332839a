import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SealBroken } from "../ports/vault.ts";
import { SealedVault } from "./sealed-vault.ts";

const vault = new SealedVault(randomBytes(32));

describe("a sealed text", () => {
  it("opens to what it was, and shows nothing of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 4 }), (text) => {
        const sealed = vault.seal("connection x", text);
        expect(vault.open("connection x", sealed)).toBe(text);
        expect(sealed).not.toContain(text);
        expect(sealed).not.toBe(vault.seal("connection x", text));
      }),
    );
  });

  it("opens for no other purpose and under no other key", () => {
    const sealed = vault.seal("connection x", "token");
    expect(() => vault.open("connection y", sealed)).toThrow(SealBroken);
    expect(() => new SealedVault(randomBytes(32)).open("connection x", sealed)).toThrow(
      /a key that is not here/,
    );
  });

  it("does not open when any of it was changed", () => {
    const sealed = vault.seal("p", "token");
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === "A" ? "B" : "A";
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      // The last character of base64 may hold bits that say nothing.
      const isSame = Buffer.from(changed.split(".")[3] ?? "", "base64url").equals(
        Buffer.from(sealed.split(".")[3] ?? "", "base64url"),
      );
      if (at > sealed.lastIndexOf(".") && isSame) continue;
      expect(() => vault.open("p", changed), `character ${at}`).toThrow(SealBroken);
    }
    for (const text of ["", "v1", "v1...", sealed.slice(0, -8)]) {
      expect(() => vault.open("p", text)).toThrow(SealBroken);
    }
  });

  it("opens under each key of the vault, and is sealed under the newest", () => {
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const before = new SealedVault(first);
    const sealedBefore = before.seal("p", "old");
    const proof = before.deriveKey("x").export();
    before.add(second);
    const sealedAfter = before.seal("p", "new");
    const both = new SealedVault(first, second);
    expect([both.open("p", sealedBefore), both.open("p", sealedAfter)]).toEqual(["old", "new"]);
    expect(() => new SealedVault(first).open("p", sealedAfter)).toThrow(/not here/);
    expect(both.deriveKey("x").export()).toEqual(proof);
    expect(before.deriveKey("x").export()).toEqual(proof);
  });
});
