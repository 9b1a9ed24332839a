/** Lines of a group that a filter pattern wants, or of a span of time, in the order of their times. */
import type { LogsType } from "../contract/operations.ts";
import { ApiError, type Client, type Wire } from "./client.ts";
import type { LogLine } from "./service-logs.ts";

export interface LogSearchRequest {
  readonly group: string;
  /** Null: all of the group. */
  readonly streams: readonly string[] | null;
  readonly streamPrefix: string | null;
  readonly filterPattern: string | null;
  readonly startTimeMs: number;
  readonly endTimeMs: number | null;
}

/** Lines of other instances may come in this much later than a line that is as old. */
const OVERLAP_MS = 10_000;

export class LogSearch {
  readonly #client: Client;
  readonly #request: LogSearchRequest;
  /** Ids of lines that may be found again → their times. */
  readonly #seen = new Map<string, number>();
  #newestMs: number;

  constructor(client: Client, request: LogSearchRequest) {
    this.#client = client;
    this.#request = request;
    this.#newestMs = request.startTimeMs;
  }

  /** Page by page; each call goes on where the one before ended, and no line comes twice. */
  async *newLines(): AsyncGenerator<readonly LogLine[]> {
    const startTimeMs = Math.max(this.#request.startTimeMs, this.#newestMs - OVERLAP_MS);
    let token: string | undefined;
    do {
      const page = await this.#page(startTimeMs, token);
      yield page.events.flatMap((event) => this.#fresh(event));
      token = page.nextToken;
    } while (token !== undefined);
    for (const [id, timestampMs] of this.#seen) {
      if (timestampMs < this.#newestMs - OVERLAP_MS) this.#seen.delete(id);
    }
  }

  #fresh(event: Wire<LogsType<"FilteredLogEvent">>): readonly LogLine[] {
    if (this.#seen.has(event.eventId)) return [];
    this.#seen.set(event.eventId, event.timestamp);
    this.#newestMs = Math.max(this.#newestMs, event.timestamp);
    return [{ stream: event.logStreamName, timestampMs: event.timestamp, message: event.message }];
  }

  async #page(
    startTime: number,
    nextToken: string | undefined,
  ): Promise<Wire<LogsType<"FilterLogEventsResponse">>> {
    const { group, streams, streamPrefix, filterPattern, endTimeMs } = this.#request;
    try {
      return await this.#client.call("Logs_20140328.FilterLogEvents", {
        logGroupName: group,
        startTime,
        ...(endTimeMs !== null && { endTime: endTimeMs }),
        ...(streams !== null && { logStreamNames: streams }),
        ...(streamPrefix !== null && { logStreamNamePrefix: streamPrefix }),
        ...(filterPattern !== null && { filterPattern }),
        ...(nextToken !== undefined && { nextToken }),
      });
    } catch (error) {
      // A group comes into being with its first line.
      if (error instanceof ApiError && error.code === "ResourceNotFoundException") {
        return { events: [], searchedLogStreams: [] };
      }
      throw error;
    }
  }
}
