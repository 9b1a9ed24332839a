import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RotationRefused, SealBroken } from "../ports/vault.ts";
import { KeptVault, type KeptVaultOptions, KEYRING_SETTING } from "./kept-vault.ts";
import { MasterKeyFile } from "./master-key-file.ts";
import { keyFromCommand, keyFromText } from "./master-key-source.ts";
import { SealedVault } from "./sealed-vault.ts";

let directory: string;
let path: string;
let settings: Map<string, string>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-vault-"));
  path = join(directory, "master.key");
  settings = new Map();
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(options: Partial<KeptVaultOptions> = {}): Promise<KeptVault> {
  const table = {
    get: async (name: string) => settings.get(name) ?? null,
    put: async (name: string, value: string) => void settings.set(name, value),
  };
  const file = new MasterKeyFile(path);
  const given = { settings: table, file, source: null, next: null, clock: { now: () => 7 } };
  return KeptVault.open({ ...given, isNew: settings.size === 0, ...options });
}

const text = (key: Buffer) => keyFromText(key.toString("base64"), "SLIPWAY_MASTER_KEY");
const names = () => readdirSync(directory).toSorted();

describe("the master key in a file", () => {
  it("is made at the first start for its owner alone, and opens the vault again", async () => {
    const sealed = (await open()).vault.seal("p", "token");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await open()).vault.open("p", sealed)).toBe("token");
    expect(names()).toEqual(["master.key"]);
    expect(settings.get(KEYRING_SETTING)).not.toContain(readFileSync(path, "utf8").trim());
  });

  it("opens what was sealed under it before there were data keys, and proves what it proved", async () => {
    const key = randomBytes(32);
    writeFileSync(path, `${key.toString("base64")}\n`, { mode: 0o600 });
    const before = new SealedVault(key);
    const sealed = before.seal("p", "token");
    const kept = await open({ isNew: false });
    await kept.rotate();
    const { vault } = await open();
    expect(vault.open("p", sealed)).toBe("token");
    expect(vault.deriveKey("audit").export()).toEqual(before.deriveKey("audit").export());
  });

  it("is made although a crash left one unfinished", async () => {
    writeFileSync(`${path}.${process.pid}.tmp`, "");
    writeFileSync(`${path}.next.1.tmp`, "");
    await open();
    expect(names()).toEqual(["master.key"]);
  });

  it("is refused when it is damaged, another one, or others may read it", async () => {
    await open();
    const right = readFileSync(path);
    writeFileSync(path, "short");
    await expect(open()).rejects.toThrow(/damaged: put its backup back/);
    writeFileSync(path, randomBytes(32).toString("base64"));
    await expect(open()).rejects.toThrow(/does not open the vault/);
    writeFileSync(path, right);
    chmodSync(path, 0o640);
    await expect(open()).rejects.toThrow(/chmod 600/);
  });

  it("is never made anew in place of one that is missing", async () => {
    await open();
    rmSync(path);
    await expect(open()).rejects.toThrow(/is missing.*put its backup back/);
    settings.delete(KEYRING_SETTING);
    await expect(open({ isNew: false })).rejects.toThrow(/is missing/);
    expect(names()).toEqual([]);
  });
});

describe("a rotation", () => {
  it("opens the old with a new key, and keeps the old key aside", async () => {
    const kept = await open();
    const sealed = kept.vault.seal("p", "old");
    const before = kept.status();
    const oldKey = readFileSync(path);
    const after = await kept.rotate();
    expect(after).toMatchObject({ origin: "file", nextMasterKeyId: null, dataKeyCount: 2, rotatedAtMs: 7 });
    expect(after.masterKeyId).not.toBe(before.masterKeyId);
    expect(after.oldFiles).toEqual([`${path}.old-${before.masterKeyId}`]);
    const sealedAfter = kept.vault.seal("p", "new");
    const { vault } = await open();
    expect([vault.open("p", sealed), vault.open("p", sealedAfter)]).toEqual(["old", "new"]);
    rmSync(after.oldFiles[0] ?? "");
    writeFileSync(path, oldKey);
    await expect(open()).rejects.toThrow(SealBroken);
  });

  // Every moment at which the process may die: what comes after has not happened.
  const STEPS = ["next key read", "wrapped under both", "old key set aside", "next key is present"];
  for (const step of STEPS) {
    it(`leaves everything readable when the process is killed: ${step}`, async () => {
      const killAt = (now: string) => {
        if (now === step) throw new Error("killed");
      };
      const kept = await open({ afterStep: killAt });
      const sealed = kept.vault.seal("p", "token");
      const ring = settings.get(KEYRING_SETTING);
      await expect(kept.rotate()).rejects.toThrow("killed");
      const again = await open();
      expect(again.vault.open("p", sealed)).toBe("token");
      // Finished or never begun, nothing between.
      expect(settings.get(KEYRING_SETTING) === ring).toBe(step === "next key read");
      expect(again.status().nextMasterKeyId).toBeNull();
      expect(names().filter((name) => name.endsWith(".next"))).toEqual([]);
      await again.rotate();
      expect((await open()).vault.open("p", sealed)).toBe("token");
    });
  }

  it("is survived by an older database, whose key was kept aside", async () => {
    const kept = await open();
    const sealed = kept.vault.seal("p", "token");
    const backup = settings.get(KEYRING_SETTING) ?? "";
    await kept.rotate();
    settings.set(KEYRING_SETTING, backup);
    expect((await open()).vault.open("p", sealed)).toBe("token");
    expect((await open()).vault.open("p", sealed)).toBe("token");
  });

  it("goes from a file to the environment and on to a command, both keys working between", async () => {
    const [second, third] = [randomBytes(32), randomBytes(32)];
    const script = "process.stdout.write(process.argv[1])";
    const command = (key: Buffer) =>
      keyFromCommand([process.execPath, "-e", script, key.toString("hex")], "masterKeyCommand");
    const kept = await open({ next: text(second) });
    const sealed = kept.vault.seal("p", "token");
    expect((await kept.rotate()).nextMasterKeyId).not.toBeNull();
    for (const options of [{ next: text(second) }, { source: text(second) }]) {
      expect((await open(options)).vault.open("p", sealed)).toBe("token");
    }
    // The environment's is the present one now: the file opens nothing any more.
    await expect(open()).rejects.toThrow(/does not open the vault/);
    const inBetween = await open({ source: text(second), next: command(third) });
    await inBetween.rotate();
    expect((await open({ source: command(third) })).status().origin).toBe("command");
    await expect(open({ source: text(second) })).rejects.toThrow(/last from masterKeyCommand/);
    expect((await open({ source: command(third) })).vault.open("p", sealed)).toBe("token");
  });

  it("needs to know where to, and another key", async () => {
    const key = text(randomBytes(32));
    const kept = await open({ source: key });
    await expect(kept.rotate()).rejects.toThrow(RotationRefused);
    const same = await open({ source: key, next: key });
    await expect(same.rotate()).rejects.toThrow(/is the present one/);
    for (const given of ["short", "a pass phrase of 32 characters..", "0123456789abcdef".repeat(2)]) {
      const broken = await open({ source: key, next: keyFromText(given, "SLIPWAY_MASTER_KEY_NEXT") });
      await expect(broken.rotate()).rejects.toThrow(/Nothing is changed: SLIPWAY_MASTER_KEY_NEXT is no key/);
    }
  });

  it("is one at a time", async () => {
    const kept = await open();
    const first = kept.rotate();
    await expect(kept.rotate()).rejects.toThrow(/being rotated/);
    await first;
  });
});

describe("a command that gives the key", () => {
  const run = (script: string, deadlineMs = 10_000) =>
    keyFromCommand([process.execPath, "-e", script], "masterKeyCommand", deadlineMs).read();

  it("gives bytes, base64 or hex", async () => {
    const key = randomBytes(32);
    for (const form of ["base64", "hex"] as const) {
      await expect(run(`console.log("${key.toString(form)}")`)).resolves.toEqual(key);
    }
    await expect(run(`process.stdout.write(Buffer.from("${key.toString("hex")}","hex"))`)).resolves.toEqual(
      key,
    );
  });

  it("says nothing of its output when it fails, is late, prints nothing or too much", async () => {
    const canary = "cAnArY-of-the-key";
    const failures = [
      run(`console.log("${canary}"); console.error("${canary}"); process.exit(3)`),
      run(`console.log("${canary}")`),
      run(`console.log("${canary}".repeat(1000))`),
      run(`console.log("${canary}"); setInterval(() => {}, 1000)`, 500),
      keyFromCommand(["/nonexistent/age"], "masterKeyCommand").read(),
    ];
    const expected = [
      /ended with 3/,
      /is no key/,
      /more than a key/,
      /did not end within 0.5/,
      /no such program/,
    ];
    for (const [index, outcome] of (await Promise.allSettled(failures)).entries()) {
      const error: unknown = outcome.status === "rejected" ? outcome.reason : null;
      expect(error).toBeInstanceOf(SealBroken);
      expect(String(error)).toMatch(expected[index] ?? /never/);
      expect(
        JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).cause),
      ).not.toContain(canary);
    }
  });
});
