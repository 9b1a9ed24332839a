/** The access log of a service: lines of requests, which are written once and not tried again. What is lost is counted in it. */
import type { LogLine } from "../../ports/service-log.ts";
import { encodeRequests } from "./log-record.ts";
import type { StreamLog } from "./stream-log.ts";

/** Batches that wait for the disk; more are lost, and the caller is told. */
const MAX_WAITING = 64;

export class RequestLines {
  readonly #log: StreamLog;
  #waiting = 0;
  #lost = 0;

  constructor(log: StreamLog) {
    this.#log = log;
  }

  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  async write(lines: readonly LogLine[]): Promise<void> {
    if (this.#waiting >= MAX_WAITING) {
      this.#lost += lines.length;
      throw new Error(`${lines.length} lines of an access log had to be left out`);
    }
    this.#waiting++;
    const gap = this.#takeGap(lines);
    try {
      await this.#log.append(encodeRequests([...gap.lines, ...lines], this.#log.maxTextLength));
    } catch (error) {
      this.#lost += gap.lost + lines.length;
      throw error;
    } finally {
      this.#waiting--;
    }
  }

  /** Says how many lines are missing before these: an object as the others are. */
  #takeGap([first]: readonly LogLine[]): { readonly lost: number; readonly lines: readonly LogLine[] } {
    const lost = this.#lost;
    this.#lost = 0;
    if (lost === 0 || first === undefined) return { lost, lines: [] };
    return {
      lost,
      lines: [{ timestampMs: first.timestampMs, text: JSON.stringify({ missingLines: lost }) }],
    };
  }
}
