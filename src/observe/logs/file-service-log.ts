/**
 * Logs of all services as files: written, copied from the engine, read, searched and swept. See README.md for the invariants
 * and stream-files.ts for the layout.
 */
import { SlipwayError } from "../../domain/error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContainerEngine } from "../../ports/container-engine.ts";
import {
  type AccessLogWriter,
  groupOf,
  type LogArchive,
  type LogBackwardPage,
  type LogGroup,
  type LogGroupKind,
  type LogKeeping,
  type LogLine,
  type LogOwner,
  type LogPage,
  type LogQuery,
  type LogReadFrom,
  type LogSearchPage,
  type LogStream,
  type LogStreamSummary,
  type ServiceLog,
  type WatchedLines,
  type WrittenLine,
} from "../../ports/service-log.ts";
import { KeyUnavailable } from "../../ports/encryption-keys.ts";
import type { EventRecorder } from "../../ports/event-recorder.ts";
import { defaultDiskReserve, type DiskReserve, type DiskSpace, guardDisk } from "./disk-guard.ts";
import { FileAccess } from "./file-access.ts";
import { LogFiles } from "./log-files.ts";
import { encodeWritten } from "./log-record.ts";
import { OpenStreams } from "./open-streams.ts";
import { OutputCopy } from "./output-copy.ts";
import { Owners } from "./owners.ts";
import { type LogProblem, ProblemReporter, type ReportLogProblem } from "./problem-reporter.ts";
import { RequestLines } from "./request-lines.ts";
import { maskOf } from "./secret-mask.ts";
import { type LogEncryption, SealedSegments } from "./sealed-segments.ts";
import { SegmentPacker } from "./segment-packer.ts";
import { listStreams, streamFiles, type StreamFiles } from "./stream-files.ts";
import { StreamLog } from "./stream-log.ts";
import { StreamLogs } from "./stream-logs.ts";
import { sweep, type SweepContext, type SweepLimits, sweepService } from "./sweeper.ts";
import { unwrittenLogs } from "./unwritten-logs.ts";
import { Turns } from "./turns.ts";
import { Watchers } from "./watchers.ts";
import { WorkerPool } from "./worker-pool.ts";
import { WrittenStream } from "./written-stream.ts";

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
/** A flood fills a gibibyte in minutes: this often the disk is asked how much is free. */
const TICK_MS = 10_000;
const TICKS_PER_FLUSH = 6;
const TICKS_PER_SWEEP = 60;
const SWEEP_AFTER_PACKING_MS = 5_000;

export interface LogLimits extends SweepLimits {
  readonly maxBytesPerStream: Readonly<Record<LogStream["kind"], number>>;
}

/** On disk, so of packed text. A group that is flooded loses its own oldest lines and no others. */
export const defaultLogLimits: LogLimits = {
  maxBytesPerStream: {
    application: 1024 * MIB,
    operation: 5 * MIB,
    events: 2 * MIB,
    access: 256 * MIB,
  },
  maxBytesPerGroup: { application: 1024 * MIB, access: 256 * MIB, service: 64 * MIB },
  maxAgeMs: 14 * DAY_MS,
};

export interface FileServiceLogOptions {
  /** Absolute; made when the first line is written. */
  readonly directory: string;
  readonly engine: Pick<ContainerEngine, "readOutput">;
  readonly clock: Clock;
  readonly limits?: Partial<LogLimits>;
  /** Values that must never be in an instance's log; asked before its first line is copied. */
  readonly maskedValues?: (owner: LogOwner, instanceId: string) => Promise<readonly string[]>;
  /** For services that have a key of KMS; left out: none has. */
  readonly encryption?: LogEncryption;
  /** What stays free on the disk, and who is told when logs have to go for it. */
  readonly reserve?: DiskReserve;
  readonly events?: EventRecorder;
  readonly readSpace?: (path: string) => Promise<DiskSpace>;
  /** Each kind of problem at most once a minute. */
  readonly onError: ReportLogProblem;
}

export class FileServiceLog implements ServiceLog, LogArchive, LogKeeping, AccessLogWriter {
  readonly #options: FileServiceLogOptions;
  readonly #limits: LogLimits;
  readonly #access = new FileAccess();
  readonly #sealed: SealedSegments;
  readonly #workers = new WorkerPool();
  readonly #watchers = new Watchers();
  readonly #turns = new Turns();
  readonly #problems: ProblemReporter;
  readonly #owners: Owners;
  readonly #logs: StreamLogs;
  readonly #packer: SegmentPacker;
  readonly #archive: LogFiles;
  readonly #copies = new Map<string, OutputCopy>();
  readonly #written: OpenStreams<WrittenStream>;
  readonly #requests: OpenStreams<RequestLines>;
  readonly #toSweep = new Set<string>();
  readonly #stop = new AbortController();

  constructor(options: FileServiceLogOptions) {
    this.#options = options;
    this.#limits = { ...defaultLogLimits, ...options.limits };
    this.#problems = new ProblemReporter(options.onError, options.clock);
    this.#sealed = new SealedSegments(this.#access, options.encryption ?? null);
    this.#owners = new Owners(options.directory, this.#access);
    this.#logs = new StreamLogs((files) => this.#streamLog(files));
    this.#written = new OpenStreams(this.#logs, (log) => new WrittenStream(log));
    this.#requests = new OpenStreams(this.#logs, (log) => new RequestLines(log));
    this.#packer = new SegmentPacker({
      workers: this.#workers,
      logs: this.#logs,
      sealed: this.#sealed,
      onPacked: ({ serviceId }) => void this.#sweepSoon(serviceId),
      onError: (error) => this.#problems.report("log-pack-failed", error),
    });
    this.#archive = new LogFiles({
      root: options.directory,
      access: this.#access,
      sealed: this.#sealed,
      owners: this.#owners,
      workers: this.#workers,
      turns: this.#turns,
      now: () => options.clock.now(),
    });
  }

  /** Sweeps and retries until the signal is aborted, then stops copying; resolves when all is written. Never rejects. */
  async start(signal: AbortSignal): Promise<void> {
    for (let tick = 1; !signal.aborted; tick++) {
      await this.#options.clock.sleep(TICK_MS, signal).catch(() => undefined);
      await this.#guardDisk();
      if (tick % TICKS_PER_FLUSH === 0) await this.#flushWaiting();
      if (tick % TICKS_PER_SWEEP === 0 && !signal.aborted) await this.sweep();
    }
    this.#stop.abort();
    const copies = [...this.#copies.values()];
    for (const copy of copies) copy.stop();
    await Promise.all(copies.map(async ({ done }) => done));
    await this.#packer.settled();
  }

  /** Removes what is past the limits; `start` does it every ten minutes. Never rejects. */
  async sweep(): Promise<void> {
    await sweep(this.#sweepContext(), this.#options.clock.now()).catch((error: unknown) => {
      this.#problems.report("log-sweep-failed", error);
    });
  }

  async write(
    owner: LogOwner,
    stream: LogStream,
    { key, text, prefix = "AppRunner" }: WrittenLine,
  ): Promise<void> {
    try {
      const nowMs = this.#options.clock.now();
      const prefixed = stream.kind === "application" ? text : `[${prefix}] ${text}`;
      const writer = this.#written.get(this.#files(owner, stream));
      await this.#noteOwner(owner, stream);
      await writer.write(key, encodeWritten(nowMs, key, prefixed));
    } catch (error) {
      this.#failed("log-write-failed", owner, error);
    }
  }

  async writeAccess(owner: LogOwner, lines: readonly LogLine[]): Promise<void> {
    const stream: LogStream = { kind: "access" };
    try {
      const writer = this.#requests.get(this.#files(owner, stream));
      await this.#noteOwner(owner, stream);
      if (lines.length > 0) await writer.write(lines);
    } catch (error) {
      this.#failed("log-write-failed", owner, error);
    }
  }

  follow(owner: LogOwner, instanceId: string): void {
    if (this.#stop.signal.aborted || this.#copies.has(instanceId)) return;
    try {
      const files = this.#files(owner, { kind: "application", instanceId });
      void this.#copy(owner, files, instanceId);
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
    try {
      return await this.#archive.tail(owner, { kind: "application", instanceId }, lineCount);
    } catch (error) {
      // It explains a failure, which must be told all the same.
      if (error instanceof KeyUnavailable) return [];
      throw error;
    }
  }

  async groups(): Promise<readonly LogGroup[]> {
    return this.#archive.groups();
  }

  async streams(owner: LogOwner): Promise<readonly LogStreamSummary[]> {
    return this.#archive.streams(owner);
  }

  async read(owner: LogOwner, stream: LogStream, from: LogReadFrom, limit: number): Promise<LogPage> {
    return readable(this.#archive.read(owner, stream, from, limit));
  }

  async readBackward(
    owner: LogOwner,
    stream: LogStream,
    from: LogReadFrom,
    limit: number,
  ): Promise<LogBackwardPage> {
    return readable(this.#archive.readBackward(owner, stream, from, limit));
  }

  async search(query: LogQuery, signal: AbortSignal): Promise<LogSearchPage> {
    return readable(this.#archive.search(query, signal));
  }

  async assertReadable({ serviceId }: LogOwner): Promise<void> {
    return readable(this.#sealed.assertUsable(serviceId));
  }

  watch({ serviceId }: LogOwner, group: LogGroupKind, signal: AbortSignal): AsyncIterable<WatchedLines> {
    return this.#watchers.watch(serviceId, group, signal);
  }

  async setRetention(owner: LogOwner, group: LogGroupKind, days: number | null): Promise<void> {
    await this.#owners.setRetention(owner, group, days, this.#options.clock.now());
    await this.#sweepService(owner.serviceId);
  }

  async removeGroup(owner: LogOwner, group: LogGroupKind): Promise<void> {
    const streams = await listStreams(this.#access, this.#options.directory, owner.serviceId);
    for (const { files } of streams) {
      if (groupOf(files.stream) === group) await this.#removeStream(files);
    }
    await this.#owners.forgetGroup(owner, group);
  }

  async removeStream(owner: LogOwner, stream: LogStream): Promise<void> {
    await this.#removeStream(this.#files(owner, stream));
  }

  async #removeStream(files: StreamFiles): Promise<void> {
    const log = this.#logs.take(files);
    try {
      await log.removeAll();
    } finally {
      this.#logs.release(files);
    }
    if (files.stream.kind === "application") await this.#access.removeEmptyDirectory(files.directory);
  }

  /** Hundreds of segments of a service may be packed at the same time; each may have passed its limit. */
  async #sweepSoon(serviceId: string): Promise<void> {
    if (this.#toSweep.has(serviceId)) return;
    this.#toSweep.add(serviceId);
    await this.#options.clock.sleep(SWEEP_AFTER_PACKING_MS, this.#stop.signal).catch(() => undefined);
    this.#toSweep.delete(serviceId);
    if (!this.#stop.signal.aborted) await this.#sweepService(serviceId);
  }

  async #sweepService(serviceId: string): Promise<void> {
    await sweepService(this.#sweepContext(), serviceId, this.#options.clock.now()).catch((error: unknown) =>
      this.#problems.report("log-sweep-failed", error),
    );
  }

  async #guardDisk(): Promise<void> {
    const { directory: root, clock, events = null, reserve = defaultDiskReserve, readSpace } = this.#options;
    const context = { root, access: this.#access, logs: this.#logs, reserve, events };
    await guardDisk({ ...context, ...(readSpace && { readSpace }) }, clock.now()).catch((error: unknown) =>
      this.#problems.report("log-sweep-failed", error),
    );
  }

  #sweepContext(): SweepContext {
    return {
      root: this.#options.directory,
      access: this.#access,
      logs: this.#logs,
      owners: this.#owners,
      packer: this.#packer,
      limits: this.#limits,
    };
  }

  #files({ serviceId }: LogOwner, stream: LogStream): StreamFiles {
    return streamFiles(this.#options.directory, serviceId, stream);
  }

  /** What cannot be noted on a full disk is with the next lines; these are tried all the same. */
  async #noteOwner(owner: LogOwner, stream: LogStream): Promise<void> {
    const group = groupOf(stream);
    if (this.#owners.isNoted(owner, group)) return;
    const noted = this.#owners.note(owner, group, this.#options.clock.now());
    await noted.catch((error: unknown) => this.#problems.report("log-write-failed", error));
  }

  #streamLog(files: StreamFiles): StreamLog {
    const { maxBytesPerStream, maxAgeMs } = this.#limits;
    const { serviceId, stream } = files;
    return new StreamLog({
      access: this.#access,
      sealed: this.#sealed,
      files,
      limits: { maxBytes: maxBytesPerStream[stream.kind], maxAgeMs },
      clock: this.#options.clock,
      onClosed: (form) => this.#packer.pack(files, form),
      onWritten: (place, text) => this.#watchers.tell({ serviceId, stream, place, text }),
    });
  }

  async #copy(owner: LogOwner, files: StreamFiles, instanceId: string): Promise<void> {
    const log = this.#logs.take(files);
    log.isFollowed = true;
    const { engine, clock, maskedValues } = this.#options;
    const copy = new OutputCopy({
      instanceId,
      log,
      engine,
      clock,
      findMask: async () => maskOf((await maskedValues?.(owner, instanceId)) ?? []),
      beforeWriting: async () => this.#noteOwner(owner, files.stream),
      turns: this.#turns,
      onError: (error) => this.#failed("log-copy-failed", owner, error),
    });
    this.#copies.set(instanceId, copy);
    await copy.done;
    this.#copies.delete(instanceId);
    log.isFollowed = false;
    this.#logs.release(files);
  }

  /** Of the logs of one service: reported, and once an hour told as an event when it is for want of its key. */
  #failed(event: LogProblem, { serviceId }: LogOwner, error: unknown): void {
    this.#problems.report(event, error);
    const { events, clock } = this.#options;
    if (error instanceof KeyUnavailable) void events?.record(...unwrittenLogs(serviceId, error, clock.now()));
  }

  async #flushWaiting(): Promise<void> {
    for (const stream of this.#written.writers()) {
      if (stream.isIdle) continue;
      await stream.flush().catch((error: unknown) => this.#problems.report("log-write-failed", error));
    }
  }
}

async function readable<Result>(reading: Promise<Result>): Promise<Result> {
  return reading.catch((error: unknown) => {
    if (!(error instanceof KeyUnavailable)) throw error;
    throw new SlipwayError("LogsUnreadable", { problem: error.message }, { cause: error });
  });
}
