import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SealBroken } from "../ports/vault.ts";
import { ensureMasterKey } from "./master-key.ts";
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
    expect(() => new SealedVault(randomBytes(32)).open("connection x", sealed)).toThrow(/another master key/);
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
});

describe("the master key's file", () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "slipway-key-"));
    path = join(directory, "master.key");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("is made once, for its owner alone", () => {
    const key = ensureMasterKey(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(ensureMasterKey(path)).toStrictEqual(key);
    expect(readdirSync(directory)).toStrictEqual(["master.key"]);
  });

  it("is made although a crash left one unfinished by a process with our id", () => {
    writeFileSync(`${path}.${process.pid}.tmp`, "");
    expect(ensureMasterKey(path)).toHaveLength(32);
  });

  it("is refused when it is damaged or others may read it", () => {
    writeFileSync(path, "short", { mode: 0o600 });
    expect(() => ensureMasterKey(path)).toThrow(/damaged: put its backup back/);
    rmSync(path);
    ensureMasterKey(path);
    chmodSync(path, 0o640);
    expect(() => ensureMasterKey(path)).toThrow(/chmod 600/);
  });
});
