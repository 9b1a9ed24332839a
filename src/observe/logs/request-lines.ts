/** The access log of a service: lines of requests, which are written once and not tried again. */
import type { LogLine } from "../../ports/service-log.ts";
import { encodeRequests } from "./log-record.ts";
import type { StreamLog } from "./stream-log.ts";

/** Batches that wait for the disk; more are lost, and the caller is told. */
const MAX_WAITING = 64;

export class RequestLines {
  readonly #log: StreamLog;
  #waiting = 0;

  constructor(log: StreamLog) {
    this.#log = log;
  }

  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  async write(lines: readonly LogLine[]): Promise<void> {
    if (this.#waiting >= MAX_WAITING)
      throw new Error(`${lines.length} lines of an access log had to be left out`);
    this.#waiting++;
    try {
      await this.#log.append(encodeRequests(lines, this.#log.maxTextLength));
    } finally {
      this.#waiting--;
    }
  }
}
