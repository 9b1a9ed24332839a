/** What a master key looks like, and the files that hold one: for their owner alone, complete before they have their name. */
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { randomBytes, randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { SealBroken } from "../ports/vault.ts";
import { KEY_BYTES } from "./sealed-vault.ts";

/** In base64 (`openssl rand -base64 32`), in hex, or as 32 bytes; 32 characters are a pass phrase, not chance. Throws SealBroken, which says nothing of what was given. */
export function parseMasterKey(given: Buffer, whose: string): Buffer {
  const text = given.toString("latin1").trim();
  if (given.length === KEY_BYTES && !/^[ -~]*$/.test(text)) return given;
  if (/^[\da-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  const key = Buffer.from(text, "base64");
  if (/^[\w+/-]{43}=?$/.test(text) && key.length === KEY_BYTES) return key;
  throw new SealBroken(`${whose} is no key: 32 random bytes are, in base64 or hex (openssl rand -base64 32)`);
}

/** Null when there is no such file. Throws SealBroken when it is damaged or others may read it. */
export function readMasterKey(path: string): Buffer | null {
  const text = readIfThere(path);
  if (text === null) return null;
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new SealBroken(
      `others may read the master key ${path}: chmod 600 it, and replace what it protects`,
    );
  }
  try {
    return parseMasterKey(text, `the master key ${path}`);
  } catch (cause) {
    throw new SealBroken(`the master key ${path} is damaged: put its backup back`, { cause });
  }
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Complete before it has its name, and never in place of another: a crash leaves no key, or a good one. */
export function createMasterKey(path: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  // Not the process's id: in a container that is the same at each start, and a crash would have left the name taken.
  const unfinished = `${path}.${randomUUID()}.tmp`;
  const file = openSync(unfinished, "wx", 0o600);
  try {
    writeSync(file, `${key.toString("base64")}\n`);
    fsyncSync(file);
    linkSync(unfinished, path);
    syncDirectory(dirname(path));
  } finally {
    closeSync(file);
    rmSync(unfinished);
  }
  return key;
}

/** What is sealed next must not outlive the key's name when the power fails. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
