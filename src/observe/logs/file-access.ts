/**
 * The file system as logs use it: a few whole acts, none of which leaves a handle open but adding to a file, and that for some
 * seconds, so that a thousand silent streams hold no descriptors. At most 64 acts run at once: more would only open files that wait
 * for the thread pool.
 */
import { constants } from "node:fs";
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rmdir,
  stat,
  truncate,
  unlink,
} from "node:fs/promises";
import { dirname } from "node:path";
import { AppendHandles } from "./append-handles.ts";

const MAX_CONCURRENT_ACTS = 64;
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
/** Ends the names of files that are not whole yet; what a crash leaves of them is swept. */
export const DRAFT_SUFFIX = ".tmp";
/** The sweeper may remove a directory between our making it and our opening a file in it. */
const APPEND_ATTEMPTS = 3;

export interface FileFacts {
  readonly bytes: number;
  readonly modifiedAtMs: number;
  readonly createdAtMs: number;
}

export class FileAccess {
  #free = MAX_CONCURRENT_ACTS;
  readonly #waiting: (() => void)[] = [];
  readonly #appended = new AppendHandles();

  /** Adds to the end of a file, which is made together with its directory when it is missing. */
  async append(path: string, bytes: Buffer): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#act(async () => this.#appended.append(path, bytes));
        return;
      } catch (error) {
        if (!isMissing(error) || attempt === APPEND_ATTEMPTS) throw error;
        await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
      }
    }
  }

  /** Up to `length` bytes; fewer at the end of the file; null when it is missing. */
  async read(path: string, offset: number, length: number): Promise<Buffer | null> {
    const read = async (file: FileHandle) => {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    return this.#withFile(path, constants.O_RDONLY, read).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
  }

  /** A small file; null when it is missing. */
  async readText(path: string): Promise<string | null> {
    return (await this.#act(async () => readFile(path, "utf8").catch(ignoring("ENOENT")))) ?? null;
  }

  /** Writes a small file whole or not at all. */
  async replace(path: string, text: string): Promise<void> {
    const draft = `${path}${DRAFT_SUFFIX}`;
    await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
    await this.#withFile(draft, flags, async (file) => {
      await file.writeFile(text);
      await file.datasync();
    });
    await this.rename(draft, path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#act(async () => {
      await this.#appended.letGo(from);
      await this.#appended.letGo(to);
      await rename(from, to);
    });
  }

  async truncate(path: string, bytes: number): Promise<void> {
    await this.#act(async () => truncate(path, bytes));
  }

  /** Makes sure a power cut cannot take the file back. */
  async sync(path: string): Promise<void> {
    await this.#withFile(path, constants.O_RDONLY, async (file) => file.datasync());
  }

  /** Names in a directory; none when it is missing. */
  async names(directory: string): Promise<readonly string[]> {
    return (await this.#act(async () => readdir(directory).catch(ignoring("ENOENT")))) ?? [];
  }

  async facts(path: string): Promise<FileFacts | null> {
    const found = await this.#act(async () => stat(path).catch(ignoring("ENOENT")));
    if (found === undefined) return null;
    return { bytes: found.size, modifiedAtMs: found.mtimeMs, createdAtMs: found.birthtimeMs };
  }

  async remove(path: string): Promise<void> {
    await this.#act(async () => {
      await this.#appended.letGo(path);
      await unlink(path).catch(ignoring("ENOENT"));
    });
  }

  /** Leaves a directory that holds something. */
  async removeEmptyDirectory(path: string): Promise<void> {
    await this.#act(async () => rmdir(path).catch(ignoring("ENOENT", "ENOTEMPTY", "EEXIST")));
  }

  async #withFile<Result>(
    path: string,
    flags: number,
    use: (file: FileHandle) => Promise<Result>,
  ): Promise<Result> {
    return this.#act(async () => {
      const file = await open(path, flags, FILE_MODE);
      try {
        return await use(file);
      } finally {
        await file.close();
      }
    });
  }

  async #act<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await act();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next(); // hands its place on
    }
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function ignoring(...codes: readonly string[]): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (!codes.includes(error.code ?? "")) throw error;
  };
}
