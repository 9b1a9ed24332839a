/** What the edge tells of requests, kept for a test. */
import type { RequestLog, RequestRecord } from "../../ports/request-log.ts";
import { until } from "./client.ts";

export class ToldRequests {
  readonly all: RequestRecord[] = [];
  lost = 0;
  readonly #end = new AbortController();
  readonly #reading: Promise<void>;

  constructor(log: RequestLog) {
    this.#reading = this.#read(log);
  }

  async #read(log: RequestLog): Promise<void> {
    for await (const { records, lost } of log.requests(this.#end.signal)) {
      this.all.push(...records);
      this.lost += lost;
    }
  }

  of(path: string): readonly RequestRecord[] {
    return this.all.filter((record) => record.path === path);
  }

  /** The only one of this path. */
  async one(path: string): Promise<RequestRecord> {
    await until(() => this.of(path).length > 0, `a line of ${path}`);
    const [record] = this.of(path);
    if (record === undefined || this.of(path).length > 1) throw new Error(`not one line of ${path}`);
    return record;
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#reading;
  }
}
