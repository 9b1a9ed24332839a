/** A service's log streams, named as App Runner names them, and how to read their ends. */
import type { LogEvent, LogStream } from "../contract/slipway-operations.ts";
import { ApiError, type Client, type Wire } from "./client.ts";
import type { ServiceReference } from "./service-reference.ts";

export type LogGroupKind = "service" | "application";

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

/** All pages: a service that was scaled for a while has had more instances than one reply holds. */
export async function listStreams(client: Client, group: string): Promise<readonly Wire<LogStream>[]> {
  const streams: Wire<LogStream>[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await client.call("Slipway.DescribeLogStreams", {
        LogGroupName: group,
        ...(token === undefined ? {} : { NextToken: token }),
      });
      streams.push(...page.LogStreams);
      token = page.NextToken;
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
  const found = (await listStreams(client, group)).find(({ LogStreamName }) =>
    LogStreamName.endsWith(`/${operationId}`),
  );
  return found === undefined ? undefined : { group, stream: found.LogStreamName };
}

/** Reads a stream from where it stopped last time; each call returns what is new. */
export class LogCursor {
  readonly #client: Client;
  readonly #reference: StreamReference;
  readonly #startTimeMs: number | undefined;
  #token: string | undefined;

  constructor(client: Client, reference: StreamReference, startTimeMs?: number) {
    this.#client = client;
    this.#reference = reference;
    this.#startTimeMs = startTimeMs;
  }

  async next(): Promise<readonly LogLine[]> {
    const lines: LogLine[] = [];
    for (;;) {
      const page = await this.#page();
      lines.push(...page.map((event) => this.#lineOf(event)));
      if (page.length === 0) return lines;
    }
  }

  async #page(): Promise<readonly Wire<LogEvent>[]> {
    try {
      const reply = await this.#client.call("Slipway.GetLogEvents", {
        LogGroupName: this.#reference.group,
        LogStreamName: this.#reference.stream,
        ...(this.#startTimeMs === undefined ? {} : { StartTime: this.#startTimeMs }),
        ...(this.#token === undefined ? {} : { NextToken: this.#token }),
      });
      const isNew = reply.NextToken !== this.#token || this.#token === undefined;
      this.#token = reply.NextToken;
      // Without a token to go on from, a second read would repeat the first.
      return isNew ? reply.Events : [];
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  #lineOf(event: Wire<LogEvent>): LogLine {
    return { stream: this.#reference.stream, timestampMs: event.Timestamp, message: event.Message };
  }
}

const WINDOWS_MS = [60_000, 900_000, 14_400_000, 86_400_000];

/**
 * The last `count` lines of a stream and a cursor that goes on behind them. Reading goes forward only, so ever larger
 * windows before the last event are tried; a long stream is not read whole for its last lines.
 */
export async function readTail(
  client: Client,
  reference: StreamReference,
  summary: Wire<LogStream>,
  count: number,
): Promise<{ readonly lines: readonly LogLine[]; readonly cursor: LogCursor }> {
  const last = summary.LastEventTimestamp;
  const first = summary.FirstEventTimestamp ?? 0;
  const starts =
    last === undefined ? [] : WINDOWS_MS.map((windowMs) => last - windowMs).filter((start) => start > first);
  for (const start of starts) {
    const cursor = new LogCursor(client, reference, start);
    const lines = await cursor.next();
    if (lines.length >= count) return { lines: lines.slice(lines.length - count), cursor };
  }
  const cursor = new LogCursor(client, reference);
  return { lines: (await cursor.next()).slice(-count), cursor };
}

/** A group or stream comes into being with its first line. */
function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.code === "ResourceNotFoundException";
}
