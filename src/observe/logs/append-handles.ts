/**
 * Files that are added to stay open from one text to the next: opening and closing cost more than writing. Not for long, so that
 * a file which somebody takes away by hand is made again, and a silent one holds no descriptor; and not more than a bounded number.
 * Whoever removes a file, or puts another in its place, lets go of it first.
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** All are closed this often. */
const KEPT_MS = 5_000;
/** Beyond that, a file is closed at once: logs are written to in turns, so the least recently used is the next that is needed. */
const KEPT_MAX = 256;
const FILE_MODE = 0o600;

export class AppendHandles {
  readonly #keptMs: number;
  readonly #keptMax: number;
  /** By path, those that nobody writes to just now. */
  readonly #kept = new Map<string, FileHandle>();
  #isTicking = false;

  constructor({ keptMs = KEPT_MS, keptMax = KEPT_MAX } = {}) {
    this.#keptMs = keptMs;
    this.#keptMax = keptMax;
  }

  /** Adds to the end of a file, which is made when it is missing. One after another for each path. */
  async append(path: string, bytes: Buffer): Promise<void> {
    const file = this.#take(path) ?? (await openToAppend(path));
    try {
      await file.appendFile(bytes);
    } catch (error) {
      await file.close();
      throw error;
    }
    if (this.#kept.size >= this.#keptMax) await file.close();
    else this.#keep(path, file);
  }

  async letGo(path: string): Promise<void> {
    await this.#take(path)?.close();
  }

  #take(path: string): FileHandle | undefined {
    const file = this.#kept.get(path);
    this.#kept.delete(path);
    return file;
  }

  #keep(path: string, file: FileHandle): void {
    this.#kept.set(path, file);
    this.#tick();
  }

  #tick(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    setTimeout(() => void this.#closeAll(), this.#keptMs).unref();
  }

  /** What a close would tell a write has told before. */
  async #closeAll(): Promise<void> {
    this.#isTicking = false;
    await Promise.allSettled([...this.#kept.keys()].map(async (path) => this.letGo(path)));
  }
}

async function openToAppend(path: string): Promise<FileHandle> {
  return open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, FILE_MODE);
}
