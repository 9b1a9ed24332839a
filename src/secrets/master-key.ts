/** The master key in a file that only its owner reads. Without the file, what was sealed is lost: it belongs in a backup. */
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { randomBytes, randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { SealBroken } from "../ports/vault.ts";
import { MASTER_KEY_BYTES } from "./sealed-vault.ts";

/** Reads the key, or makes it at the first call. Throws SealBroken when the file is damaged or others may read it. */
export function ensureMasterKey(path: string): Buffer {
  return readMasterKey(path) ?? createMasterKey(path);
}

function readMasterKey(path: string): Buffer | null {
  const text = readIfThere(path);
  if (text === null) return null;
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new SealBroken(
      `others may read the master key ${path}: chmod 600 it, and replace what it protects`,
    );
  }
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== MASTER_KEY_BYTES) {
    throw new SealBroken(`the master key ${path} is damaged: put its backup back`);
  }
  return key;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Complete before it has its name, and never in place of another: a crash leaves no key, or a good one. */
function createMasterKey(path: string): Buffer {
  const key = randomBytes(MASTER_KEY_BYTES);
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
function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
