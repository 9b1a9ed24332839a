/** Where a service's story is written: its event log, a log per operation, its requests, and its instances' output. */

/** Named as App Runner names its CloudWatch streams. */
export type LogStream =
  | { readonly kind: "events" }
  | { readonly kind: "operation"; readonly operationId: string }
  | { readonly kind: "application"; readonly instanceId: string }
  /** Requests, one JSON object a line, where the access log is on. */
  | { readonly kind: "access" };

/**
 * Streams that CloudWatch has in one log group: `/aws/apprunner/<name>/<id>/service` (events and operations), `…/application`
 * (instances), and ours, `…/access`.
 */
export type LogGroupKind = "service" | "application" | "access";

export function groupOf({ kind }: LogStream): LogGroupKind {
  return kind === "events" || kind === "operation" ? "service" : kind;
}

export interface LogOwner {
  readonly serviceId: string;
  readonly serviceName: string;
}

export interface WrittenLine {
  readonly key: string;
  readonly text: string;
  /** Names the part of a build that said it, as App Runner does. */
  readonly prefix?: "AppRunner" | "PreBuild" | "Build" | "PostBuild" | "PreRun";
}

export interface AccessLogWriter {
  /** Adds lines of requests to the service's access log. Never throws; lines that cannot be written are lost and reported. */
  writeAccess(owner: LogOwner, lines: readonly LogLine[]): Promise<void>;
}

export interface ServiceLog {
  /**
   * Writes one line of ours. `[AppRunner]` is put before it, or the given prefix. `key` names the line within its stream: writing the same key
   * again, after a crash, adds nothing (the last 2,000 keys of a stream count). Never throws: a log that cannot be
   * written is reported, not fatal; the line is tried again with the next one.
   */
  write(owner: LogOwner, stream: LogStream, line: WrittenLine): Promise<void>;
  /**
   * Copies an instance's output from the engine until it ends. Idempotent: while it is copied a second call does
   * nothing; after a restart, or after the end, it goes on where the file ends.
   */
  follow(owner: LogOwner, instanceId: string): void;
  /**
   * Resolves when an ended instance's output has been copied whole, or after `deadlineMs` from now. Copying goes on then
   * while the engine answers, but an error ends it. Returns at once for an instance that is not followed.
   */
  finish(instanceId: string, deadlineMs: number): Promise<void>;
  /** The last lines an instance wrote, oldest first: shortened, and fewer when they are long. Small enough to keep. */
  tail(owner: LogOwner, instanceId: string, lineCount: number): Promise<readonly string[]>;
}

/** Reading side, for the API. */
export interface LogReader {
  /** Events, then operations, then instances, then requests; within each the most recently written first. */
  streams(owner: LogOwner): Promise<readonly LogStreamSummary[]>;
  /**
   * Lines in order from a cursor on (null: from the start); at most `limit`, and at most about 1 MiB: fewer than `limit`
   * is not the end, an unchanged cursor is. A stream that does not exist (yet) is empty. A cursor whose lines were
   * removed goes on at the oldest there are. Throws ForeignToken for a cursor of another kind, NoSuchLogStream for an id
   * that is not 32 hex.
   */
  read(owner: LogOwner, stream: LogStream, from: LogReadFrom, limit: number): Promise<LogPage>;
}

/** All logs, those of deleted services too: what CloudWatch's API asks for. */
export interface LogArchive extends LogReader {
  /** Every group that has a stream, by name and then by id; those of deleted services until their lines are too old. */
  groups(): Promise<readonly LogGroup[]>;
  /**
   * The lines before a cursor (null: before the end), oldest first; otherwise as `read`. The page's cursor leads to the lines
   * before them; each page also says where reading forward goes on.
   */
  readBackward(
    owner: LogOwner,
    stream: LogStream,
    from: LogReadFrom,
    limit: number,
  ): Promise<LogBackwardPage>;
  /** Lines of many streams in the order of their times. Rejects when the signal is aborted. */
  search(query: LogQuery, signal: AbortSignal): Promise<LogSearchPage>;
  /** Throws LogsUnreadable while the key that what is new is encrypted under cannot be used. */
  assertReadable(owner: LogOwner): Promise<void>;
  /** New lines of a group as they are written, from now on; a reader that is slow misses some, and is told how many. */
  watch(owner: LogOwner, group: LogGroupKind, signal: AbortSignal): AsyncIterable<WatchedLines>;
}

/** Changing side, for the API. */
export interface LogKeeping {
  /** How long lines of a group are kept; null: as long as the limits allow. Kept with the group. */
  setRetention(owner: LogOwner, group: LogGroupKind, days: number | null): Promise<void>;
  /** Removes what was written so far. Idempotent. */
  removeGroup(owner: LogOwner, group: LogGroupKind): Promise<void>;
  removeStream(owner: LogOwner, stream: LogStream): Promise<void>;
}

export interface LogGroup {
  readonly owner: LogOwner;
  readonly group: LogGroupKind;
  readonly createdAtMs: number;
  readonly storedBytes: number;
  readonly retentionDays: number | null;
}

export interface LogStreamSummary {
  readonly stream: LogStream;
  readonly firstEventMs: number | null;
  readonly lastEventMs: number | null;
  readonly storedBytes: number;
}

export interface LogReadFrom {
  readonly cursor: string | null;
  /** Inclusive. */
  readonly startTimeMs?: number;
  /** Exclusive. */
  readonly endTimeMs?: number;
}

export interface LogLine {
  readonly timestampMs: number;
  readonly text: string;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Pass to the next read; the same as before when nothing new was there. */
  readonly cursor: string;
}

export interface LogBackwardPage extends LogPage {
  /** Pass to `read` to go on behind the last line. */
  readonly forwardCursor: string;
}

export interface LogQuery {
  readonly owner: LogOwner;
  readonly group: LogGroupKind;
  /** Null: all of the group. */
  readonly streams: readonly LogStream[] | null;
  /** Inclusive. */
  readonly startTimeMs: number;
  /** Exclusive. */
  readonly endTimeMs: number;
  /** Texts that a line must contain, all of them, letter for letter: what lets most of the log be passed over unread. */
  readonly required: readonly string[];
  /** What a line that contains them must fulfil besides. */
  readonly matches: (text: string) => boolean;
  readonly cursor: string | null;
  readonly limit: number;
  /** The page ends after this long, with what was found so far. */
  readonly timeLimitMs: number;
}

export interface FoundLine extends LogLine {
  readonly stream: LogStream;
  /** The same at every search. */
  readonly id: string;
}

export interface LogSearchPage {
  readonly lines: readonly FoundLine[];
  /** Null: everything has been looked at. A page may be empty and have one. */
  readonly cursor: string | null;
}

export interface WatchedLines {
  readonly lines: readonly FoundLine[];
  /** Lines that were passed over since the last ones. */
  readonly missed: number;
}
