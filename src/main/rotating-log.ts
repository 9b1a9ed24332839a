/**
 * The control plane's own log file: bounded, so that it can never fill the disk that services live on.
 * Written synchronously: a line that was logged before a crash is there after it.
 */
import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";

const MAX_BYTES = 10 * 1024 * 1024;

/** A pino destination. One old file is kept beside the current one, as `<path>.1`. */
export class RotatingLog {
  readonly #path: string;
  #file: number;
  #sizeBytes: number;

  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, "a", 0o600);
    this.#sizeBytes = fstatSync(this.#file).size;
  }

  write(line: string): void {
    if (this.#sizeBytes > MAX_BYTES) this.#rotate();
    try {
      this.#sizeBytes += writeSync(this.#file, line);
    } catch (error) {
      // A full disk must not end the control plane: it is the one that can tell why services fail.
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }

  #rotate(): void {
    renameSync(this.#path, `${this.#path}.1`);
    closeSync(this.#file);
    this.#file = openSync(this.#path, "a", 0o600);
    this.#sizeBytes = 0;
  }
}
