/** A service's log streams, named as App Runner names them, and how to read them. */
import type { LogsType } from "../contract/operations.ts";
import { ApiError, type Client, type Wire } from "./client.ts";
import type { ServiceReference } from "./service-reference.ts";

export type LogGroupKind = "service" | "application" | "access";
export type LogStream = Wire<LogsType<"LogStream">>;

export interface StreamReference {
  readonly group: string;
  readonly stream: string;
}

export interface LogLine {
  readonly stream: string;
  readonly timestampMs: number;
  readonly message: string;
}

export function logGroup(service: ServiceReference, kind: LogGroupKind): string {
  return `/aws/apprunner/${service.name}/${service.id}/${kind}`;
}

/**
 * Streams of a group, the one written to last first, as far as they were written to since then. A service that was scaled
 * for a while has had many instances.
 */
export async function listStreams(
  client: Client,
  group: string,
  writtenSinceMs = 0,
): Promise<readonly LogStream[]> {
  const streams: LogStream[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await client.call("Logs_20140328.DescribeLogStreams", {
        logGroupName: group,
        orderBy: "LastEventTime",
        descending: true,
        ...(token === undefined ? {} : { nextToken: token }),
      });
      const fresh = page.logStreams.filter(
        ({ lastEventTimestamp = 0 }) => lastEventTimestamp >= writtenSinceMs,
      );
      streams.push(...fresh);
      token = fresh.length === page.logStreams.length ? page.nextToken : undefined;
    } while (token !== undefined);
    return streams;
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The log of an operation; undefined until its first line is written. */
export async function findOperationStream(
  client: Client,
  service: ServiceReference,
  operationId: string,
): Promise<StreamReference | undefined> {
  const group = logGroup(service, "service");
  const found = (await listStreams(client, group)).find(({ logStreamName }) =>
    logStreamName.endsWith(`/${operationId}`),
  );
  return found === undefined ? undefined : { group, stream: found.logStreamName };
}

/** Reads a stream from where it stopped last time; each call returns what is new. */
export class LogCursor {
  readonly #client: Client;
  readonly #reference: StreamReference;
  readonly #startTimeMs: number;
  #token: string | undefined;

  /** `token`: where a page ended; from the first line on without. */
  constructor(
    client: Client,
    reference: StreamReference,
    { token, startTimeMs = 0 }: { readonly token?: string | undefined; readonly startTimeMs?: number } = {},
  ) {
    this.#client = client;
    this.#reference = reference;
    this.#startTimeMs = startTimeMs;
    this.#token = token;
  }

  async next(): Promise<readonly LogLine[]> {
    const lines: LogLine[] = [];
    for (;;) {
      const page = await this.#page();
      lines.push(...page);
      if (!mayBeCut(page)) return lines;
    }
  }

  async #page(): Promise<readonly LogLine[]> {
    try {
      const { group, stream } = this.#reference;
      const reply = await this.#client.call("Logs_20140328.GetLogEvents", {
        logGroupName: group,
        logStreamName: stream,
        startFromHead: true,
        startTime: this.#startTimeMs,
        ...(this.#token === undefined ? {} : { nextToken: this.#token }),
      });
      this.#token = reply.nextForwardToken;
      return reply.events.map((event) => lineOf(stream, event));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

/** The last `count` lines of a stream and a cursor that goes on behind them. */
export async function readTail(
  client: Client,
  reference: StreamReference,
  count: number,
): Promise<{ readonly lines: readonly LogLine[]; readonly cursor: LogCursor }> {
  const { group, stream } = reference;
  const lines: LogLine[] = [];
  let forward: string | undefined;
  let backward: string | undefined;
  while (lines.length < count) {
    const page: Wire<LogsType<"GetLogEventsResponse">> = await client.call("Logs_20140328.GetLogEvents", {
      logGroupName: group,
      logStreamName: stream,
      limit: Math.min(count - lines.length, PAGE_MAX),
      ...(backward === undefined ? {} : { nextToken: backward }),
    });
    forward ??= page.nextForwardToken;
    lines.unshift(...page.events.map((event) => lineOf(stream, event)));
    if (page.nextBackwardToken === backward) break;
    backward = page.nextBackwardToken;
  }
  return { lines, cursor: new LogCursor(client, reference, { token: forward }) };
}

const PAGE_MAX = 10_000;
/** A page ends at its count of lines or its bytes; one that is far from both is at the end of the stream. */
const SMALL_PAGE = { lines: 1_000, length: 64 * 1024 };

function mayBeCut(page: readonly LogLine[]): boolean {
  const length = page.reduce((sum, { message }) => sum + message.length, 0);
  return page.length >= SMALL_PAGE.lines || length >= SMALL_PAGE.length;
}

function lineOf(stream: string, event: Wire<LogsType<"LogEvent">>): LogLine {
  return { stream, timestampMs: event.timestamp, message: event.message };
}

/** A group or stream comes into being with its first line. */
function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.code === "ResourceNotFoundException";
}
