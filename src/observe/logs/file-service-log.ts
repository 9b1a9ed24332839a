/**
 * Logs of all services as files: written, copied from the engine, read and swept. See README.md for the invariants and
 * stream-files.ts for the layout.
 */
import type { Clock } from "../../ports/clock.ts";
import type { ContainerEngine } from "../../ports/container-engine.ts";
import type {
  LogOwner,
  LogPage,
  LogReader,
  LogReadFrom,
  LogStream,
  LogStreamSummary,
  ServiceLog,
  WrittenLine,
} from "../../ports/service-log.ts";
import { FileAccess } from "./file-access.ts";
import { encodeWritten } from "./log-record.ts";
import { OutputCopy } from "./output-copy.ts";
import { ProblemReporter, type ReportLogProblem } from "./problem-reporter.ts";
import { listStreams, segmentPath, streamFiles, type StreamFiles } from "./stream-files.ts";
import { StreamLog } from "./stream-log.ts";
import { StreamLogs } from "./stream-logs.ts";
import { readPage, readTail, summarize } from "./stream-reader.ts";
import { sweep } from "./sweeper.ts";
import { WrittenStream } from "./written-stream.ts";

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
const TICK_MS = 60_000;
const TICKS_PER_SWEEP = 10;
/** Streams whose keys are in memory: more than ever have an operation under way. */
const MAX_OPEN_WRITTEN_STREAMS = 256;

export interface LogLimits {
  readonly maxBytesPerStream: Readonly<Record<LogStream["kind"], number>>;
  /** Kept by the sweep: exceeded for up to ten minutes. */
  readonly maxBytesPerService: number;
  readonly maxAgeMs: number;
}

export const defaultLogLimits: LogLimits = {
  maxBytesPerStream: { application: 20 * MIB, operation: 5 * MIB, events: 2 * MIB, access: 20 * MIB },
  maxBytesPerService: 1024 * MIB,
  maxAgeMs: 14 * DAY_MS,
};

export interface FileServiceLogOptions {
  /** Absolute; made when the first line is written. */
  readonly directory: string;
  readonly engine: Pick<ContainerEngine, "readOutput">;
  readonly clock: Clock;
  readonly limits?: Partial<LogLimits>;
  /** Each kind of problem at most once a minute. */
  readonly onError: ReportLogProblem;
}

export class FileServiceLog implements ServiceLog, LogReader {
  readonly #options: FileServiceLogOptions;
  readonly #limits: LogLimits;
  readonly #access = new FileAccess();
  readonly #problems: ProblemReporter;
  readonly #logs: StreamLogs;
  readonly #copies = new Map<string, OutputCopy>();
  /** Least recently written first. */
  readonly #written = new Map<string, { readonly files: StreamFiles; readonly stream: WrittenStream }>();
  #isStopped = false;

  constructor(options: FileServiceLogOptions) {
    this.#options = options;
    this.#limits = { ...defaultLogLimits, ...options.limits };
    this.#problems = new ProblemReporter(options.onError, options.clock);
    this.#logs = new StreamLogs((files) => this.#streamLog(files));
  }

  /** Sweeps and retries until the signal is aborted, then stops copying; resolves when all is written. Never rejects. */
  async start(signal: AbortSignal): Promise<void> {
    for (let tick = 1; !signal.aborted; tick++) {
      await this.#options.clock.sleep(TICK_MS, signal).catch(() => undefined);
      await this.#flushWaiting();
      if (tick % TICKS_PER_SWEEP === 0 && !signal.aborted) await this.sweep();
    }
    this.#isStopped = true;
    const copies = [...this.#copies.values()];
    for (const copy of copies) copy.stop();
    await Promise.all(copies.map(async ({ done }) => done));
  }

  /** Removes what is past the limits; `start` does it every ten minutes. Never rejects. */
  async sweep(): Promise<void> {
    const context = {
      root: this.#options.directory,
      access: this.#access,
      logs: this.#logs,
      limits: this.#limits,
    };
    await sweep(context, this.#options.clock.now()).catch((error: unknown) => {
      this.#problems.report("log-sweep-failed", error);
    });
  }

  async write(
    owner: LogOwner,
    stream: LogStream,
    { key, text, prefix = "AppRunner" }: WrittenLine,
  ): Promise<void> {
    try {
      const prefixed = stream.kind === "application" ? text : `[${prefix}] ${text}`;
      const line = encodeWritten(this.#options.clock.now(), key, prefixed);
      await this.#writtenStream(this.#files(owner, stream)).write(key, line);
    } catch (error) {
      this.#problems.report("log-write-failed", error);
    }
  }

  follow(owner: LogOwner, instanceId: string): void {
    if (this.#isStopped || this.#copies.has(instanceId)) return;
    try {
      const files = this.#files(owner, { kind: "application", instanceId });
      void this.#copy(files, instanceId);
    } catch (error) {
      this.#problems.report("log-copy-failed", error);
    }
  }

  async finish(instanceId: string, deadlineMs: number): Promise<void> {
    const copy = this.#copies.get(instanceId);
    if (copy === undefined) return;
    const isOver = new AbortController();
    const deadline = this.#options.clock.sleep(deadlineMs, isOver.signal).catch(() => undefined);
    await Promise.race([copy.done, deadline]);
    isOver.abort();
    copy.tryNoMore();
  }

  async tail(owner: LogOwner, instanceId: string, lineCount: number): Promise<readonly string[]> {
    return readTail(this.#access, this.#files(owner, { kind: "application", instanceId }), lineCount);
  }

  /** Events, then operations, then instances; the most recent of each kind first. */
  async streams(owner: LogOwner): Promise<readonly LogStreamSummary[]> {
    const streams = await listStreams(this.#access, this.#options.directory, owner.serviceId);
    const summaries = await Promise.all(
      streams.map(async ({ files, segments }) => summarize(this.#access, files, segments)),
    );
    return summaries.sort(
      (left, right) =>
        rank(left.stream) - rank(right.stream) || (right.lastEventMs ?? 0) - (left.lastEventMs ?? 0),
    );
  }

  async read(owner: LogOwner, stream: LogStream, from: LogReadFrom, limit: number): Promise<LogPage> {
    return readPage(this.#access, this.#files(owner, stream), from, limit);
  }

  #files({ serviceId }: LogOwner, stream: LogStream): StreamFiles {
    return streamFiles(this.#options.directory, serviceId, stream);
  }

  #streamLog(files: StreamFiles): StreamLog {
    const { maxBytesPerStream, maxAgeMs } = this.#limits;
    const limits = { maxBytes: maxBytesPerStream[files.stream.kind], maxAgeMs };
    return new StreamLog({ access: this.#access, files, limits, clock: this.#options.clock });
  }

  async #copy(files: StreamFiles, instanceId: string): Promise<void> {
    const log = this.#logs.take(files);
    log.isFollowed = true;
    const { engine, clock } = this.#options;
    const onError = (error: unknown) => this.#problems.report("log-copy-failed", error);
    const copy = new OutputCopy({ instanceId, log, engine, clock, onError });
    this.#copies.set(instanceId, copy);
    await copy.done;
    this.#copies.delete(instanceId);
    log.isFollowed = false;
    this.#logs.release(files);
  }

  #writtenStream(files: StreamFiles): WrittenStream {
    const path = segmentPath(files, 0);
    const entry = this.#written.get(path) ?? { files, stream: new WrittenStream(this.#logs.take(files)) };
    this.#written.delete(path);
    this.#written.set(path, entry);
    if (this.#written.size > MAX_OPEN_WRITTEN_STREAMS) this.#closeOldestWritten(path);
    return entry.stream;
  }

  #closeOldestWritten(except: string): void {
    for (const [path, { files, stream }] of this.#written) {
      if (path === except || !stream.isIdle) continue;
      this.#written.delete(path);
      this.#logs.release(files);
      return;
    }
  }

  async #flushWaiting(): Promise<void> {
    for (const { stream } of this.#written.values()) {
      if (stream.isIdle) continue;
      await stream.flush().catch((error: unknown) => this.#problems.report("log-write-failed", error));
    }
  }
}

function rank({ kind }: LogStream): number {
  return ["events", "operation", "application"].indexOf(kind);
}
