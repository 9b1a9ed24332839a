/**
 * Reading a checked-out repository while its build is planned. The repository is hostile: no link is followed out of it,
 * nothing but ordinary files is opened, and nothing is read beyond the size the caller names.
 *
 * Paths are relative to the repository's root, with `/`; "" is the root itself.
 */
import { constants } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { sep } from "node:path";
import { BuildError } from "../ports/builder.ts";

export interface SourceTree {
  /**
   * Null when there is no such file, and for what is no ordinary file. Throws BuildError "configuration" when the file
   * is longer than `maxBytes`, is not UTF-8, or lies behind a link that leads out of the repository.
   */
  readText(path: string, maxBytes: number): Promise<string | null>;
  /** A file or directory of that name. */
  exists(path: string): Promise<boolean>;
  /** Names in a directory, sorted; none when there is no such directory. */
  list(path: string): Promise<readonly string[]>;
}

/** No reading at all goes on in a larger directory than this. */
const ENTRIES_MAX = 10_000;

/** The tree in a directory, which nobody changes meanwhile. */
export class DirectoryTree implements SourceTree {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  static async open(directory: string): Promise<DirectoryTree> {
    return new DirectoryTree(await realpath(directory));
  }

  async readText(path: string, maxBytes: number): Promise<string | null> {
    const real = await this.#resolve(path);
    if (real === null || !(await stat(real)).isFile()) return null;
    // The file's own name by now, so no link; a pipe put in its place would not make us wait.
    await using file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(maxBytes + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > maxBytes) throw refusal(`${path} is larger than ${maxBytes} bytes`);
    return decode(buffer.subarray(0, bytesRead), path);
  }

  async exists(path: string): Promise<boolean> {
    return (await this.#resolve(path)) !== null;
  }

  async list(path: string): Promise<readonly string[]> {
    const real = await this.#resolve(path);
    if (real === null || !(await stat(real)).isDirectory()) return [];
    return (await readdir(real)).sort().slice(0, ENTRIES_MAX);
  }

  /** The file's own place, behind all links; null when there is none. */
  async #resolve(path: string): Promise<string | null> {
    const place = `${this.#root}${sep}${normalizePath(path)}`;
    const real = await realpath(place).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw refusal(`${path} cannot be read`, error);
    });
    if (real === null || real === this.#root || real.startsWith(this.#root + sep)) return real;
    throw refusal(`${path} is a link that leads out of the repository`);
  }
}

/** Without `.`, `//`, leading and trailing `/`. Throws BuildError for `..` and for control characters. */
export function normalizePath(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  // eslint-disable-next-line no-control-regex
  if (segments.includes("..") || /[\0-\x1f\x7f]/.test(path)) {
    throw refusal(`${JSON.stringify(path)} is not a path within the repository`);
  }
  return segments.join("/");
}

/** `""` and `a` give `a`. */
export function joinPath(directory: string, name: string): string {
  return normalizePath(`${directory}/${name}`);
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw refusal(`${path} is not UTF-8 text`, error);
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

function refusal(message: string, cause?: unknown): BuildError {
  return new BuildError("configuration", message, { cause });
}
