/** Where a service's story is written: its event log, a log per operation, and its instances' output. */

/** Named as App Runner names its CloudWatch streams. */
export type LogStream =
  | { readonly kind: "events" }
  | { readonly kind: "operation"; readonly operationId: string }
  | { readonly kind: "application"; readonly instanceId: string };

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
  /** Events, then operations, then instances; within each the most recently written first. */
  streams(owner: LogOwner): Promise<readonly LogStreamSummary[]>;
  /**
   * Lines in order from a cursor on (null: from the start); at most `limit`, and at most about 1 MiB: fewer than `limit`
   * is not the end, an unchanged cursor is. A stream that does not exist (yet) is empty. A cursor whose lines were
   * removed goes on at the oldest there are. Throws ForeignToken for a cursor of another kind, NoSuchLogStream for an id
   * that is not 32 hex.
   */
  read(owner: LogOwner, stream: LogStream, from: LogReadFrom, limit: number): Promise<LogPage>;
}

export interface LogStreamSummary {
  readonly stream: LogStream;
  readonly firstEventMs: number | null;
  readonly lastEventMs: number | null;
  readonly storedBytes: number;
}

export interface LogReadFrom {
  readonly cursor: string | null;
  readonly startTimeMs?: number;
}

export interface LogPage {
  readonly lines: readonly { readonly timestampMs: number; readonly text: string }[];
  /** Pass to the next read; the same as before when nothing new was there. */
  readonly cursor: string;
}
