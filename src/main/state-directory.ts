/**
 * Files of the state directory that programs outside the control plane read: `info.json` and `credentials`.
 * Only the owner may enter (0700); files are replaced whole.
 */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { SettingsError } from "./settings.ts";

export const CREDENTIALS_FILE = "credentials";
export const INFO_FILE = "info.json";
export const PID_FILE = "serve.pid";
export const KEEPER_PID_FILE = "keep-running.pid";
export const LOG_FILE = "serve.log";
export const DATABASE_FILE = "slipway.db";
export const MASTER_KEY_FILE = "master.key";

const STICKY_BIT = 0o1000;

const MAKING_PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EEXIST: "this exists and is no directory",
  ENOENT: "the file system there takes no directories",
  EROFS: "the file system there is read-only",
  ENOSPC: "the disk is full",
};

/** Makes the directory, or tightens one that others may enter; never one like /tmp. Throws SettingsError. */
export function prepareStateDirectory(path: string): void {
  try {
    makeDirectory(path);
  } catch (cause) {
    const { code = "", path: at = path } = cause as NodeJS.ErrnoException;
    throw new SettingsError(
      `The state directory ${path} cannot be made: ${MAKING_PROBLEMS[code] ?? code} (${at}). Set SLIPWAY_STATE_DIR to a directory of its own.`,
      { cause },
    );
  }
  const { mode } = statSync(path);
  if ((mode & STICKY_BIT) !== 0) {
    throw new SettingsError(
      `${path} is a directory that many share. Set SLIPWAY_STATE_DIR to one of its own, as ${join(path, "slipway")}.`,
    );
  }
  if ((mode & 0o077) !== 0) chmodSync(path, 0o700);
}

/** Node's own recursive way never ends below /proc, where making a directory fails as if its parent were missing. */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** Atomic: a reader sees the old file or the new one, also after a power cut. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.new`;
  const file = openSync(temporary, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/**
 * AWS's INI format: `aws --profile slipway` with AWS_SHARED_CREDENTIALS_FILE pointing here. Clients put a prefix before the
 * host of some calls, a live tail's for one, and no such name is known here; those that can be told so are.
 */
export function credentialsText(key: { readonly id: string; readonly secret: string }): string {
  return [
    "[slipway]",
    `aws_access_key_id = ${key.id}`,
    `aws_secret_access_key = ${key.secret}`,
    "disable_host_prefix_injection = true",
    "",
  ].join("\n");
}

/** What `credentialsText` wrote. */
export function parseCredentials(text: string): {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
} {
  const value = (name: string): string => new RegExp(`^${name} = (.*)$`, "m").exec(text)?.[1] ?? "";
  return { accessKeyId: value("aws_access_key_id"), secretAccessKey: value("aws_secret_access_key") };
}

export function statePath(stateDirectory: string, name: string): string {
  return join(stateDirectory, name);
}
