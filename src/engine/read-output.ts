/**
 * Follows the output of an instance. Reading the log file costs a third of what the API costs, and an instance that says
 * nothing costs one inotify watch and one waiting call; there is no polling but a look every five minutes.
 */
import { watch } from "node:fs";
import { dirname } from "node:path";
import { isSlipwayError } from "../domain/error.ts";
import type { OutputBatch, OutputLine } from "../ports/container-engine.ts";
import type { EngineContext } from "./context.ts";
import { isRefusal, messageOf } from "./errors.ts";
import { LineJoiner } from "./line-joiner.ts";
import { EscapedPage } from "./escaped-page.ts";
import { type FoundRecords, LogFile } from "./log-file.ts";
import { streamRecords } from "./log-stream.ts";
import { breathMs, pause, ReadRounds } from "./read-rounds.ts";
import { ResumeFilter, parseCursor, startOf, type Cursor, type OutputRecord } from "./output-record.ts";

/**
 * In case a change was not told, which the kernel leaves out only when 16,384 others wait. A look takes 1 ms and wakes
 * threads, and there may be hundreds of idle instances.
 */
const LOOK_AGAIN_MS = 300_000;
/** Where nothing can be watched: no inotify watches left. */
const LOOK_WITHOUT_WATCH_MS = 1_000;
const RETRY_MS = 1_000;
/** Of all instances: they share the event loop. */
const rounds = new ReadRounds();
/** Waiting for a container to stop has no deadline but the signal. */
const NO_DEADLINE_MS = 2 ** 31 - 1;

export async function* readOutput(
  context: EngineContext,
  instanceId: string,
  cursorText: string | null,
  signal: AbortSignal,
): AsyncGenerator<OutputBatch> {
  const cursor = parseCursor(cursorText);
  const name = context.names.instanceContainer(instanceId);
  try {
    const logPath = await findLogPath(context, name, signal);
    if (logPath === null) return;
    const file = await openLog(context, logPath, cursor);
    yield* file === null
      ? followStream(context, name, cursor, signal)
      : followFile(context, { name, logPath, file, cursor }, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function findLogPath(
  { client }: EngineContext,
  name: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    return (await client.call(signal, (docker) => docker.getContainer(name).inspect())).LogPath;
  } catch (error) {
    if (isRefusal(error, 404)) return null;
    throw error;
  }
}

async function openLog(
  context: EngineContext,
  logPath: string,
  cursor: Cursor | null,
): Promise<LogFile | null> {
  try {
    return await LogFile.open(logPath, startOf(cursor));
  } catch (error) {
    context.report("log-file-unreadable", { problem: messageOf(error) });
    return null;
  }
}

interface Following {
  readonly name: string;
  readonly logPath: string;
  readonly file: LogFile;
  readonly cursor: Cursor | null;
}

async function* followFile(
  context: EngineContext,
  { name, logPath, file, cursor }: Following,
  signal: AbortSignal,
): AsyncGenerator<OutputBatch> {
  const lines = new LineReader(cursor, file.isPositioned);
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  let isStopped = false;
  const stopped = untilStopped(context, name, either).then(() => (isStopped = true));
  try {
    while (!signal.aborted) {
      const wasStopped = isStopped;
      const beganAtMs = performance.now();
      const records = await file.next();
      if (records.length > 0) {
        const batch = lines.add(records);
        if (batch.length > 0) yield batch;
        if (records instanceof EscapedPage) records.letGo();
        if (file.isBehind) await pause(breathMs(performance.now() - beganAtMs), signal);
        else if (!wasStopped) await rounds.next(signal);
      } else if (wasStopped) {
        const last = lines.flush();
        if (last.length > 0) yield last;
        return;
      } else {
        await untilChanged(dirname(logPath), file, stopped, signal);
      }
    }
  } finally {
    done.abort();
    await file.close();
  }
}

/** Waits for something new in the log, for the end of the container, or for a while. */
async function untilChanged(
  directory: string,
  file: LogFile,
  stopped: Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  const changed = nextChange(directory, either);
  try {
    // Written between the last read and the watch.
    if (await file.hasChanged()) return;
    await Promise.race([changed, stopped, pause(LOOK_AGAIN_MS, either)]);
  } finally {
    done.abort();
  }
}

/** One event only: a watch that stays would cost a wake-up for each line of a busy instance. */
async function nextChange(directory: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  try {
    const watcher = watch(directory, { signal, persistent: false }, () => {
      watcher.close();
      resolve();
    });
    watcher.on("error", () => resolve()); // the directory is gone
    await promise;
  } catch {
    await pause(LOOK_WITHOUT_WATCH_MS, signal);
  }
}

/** Returns when the container has stopped or is gone; its whole output is in the log by then. */
async function untilStopped({ client }: EngineContext, name: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.call(
        signal,
        (docker, abortSignal) => docker.getContainer(name).wait({ condition: "not-running", abortSignal }),
        NO_DEADLINE_MS,
      );
      return;
    } catch (error) {
      if (isRefusal(error, 404)) return;
      await pause(RETRY_MS, signal); // the engine is away; the log file goes on
    }
  }
}

/** Through the API: opened again until the container is found stopped. */
export async function* followStream(
  context: EngineContext,
  name: string,
  cursor: Cursor | null,
  signal: AbortSignal,
): AsyncGenerator<OutputBatch> {
  let from = cursor;
  while (!signal.aborted) {
    const lines = new LineReader(from, false);
    const isRunning = await isRunningNow(context, name, signal);
    try {
      for await (const records of streamRecords(context, name, startOf(from), signal)) {
        const batch = lines.join(records);
        if (batch.length === 0) continue;
        yield batch;
        from = parseCursor(batch.at(-1)?.cursor ?? null);
      }
    } catch (error) {
      if (isRefusal(error, 404)) return;
      if (signal.aborted || !(isSlipwayError(error) || isBrokenConnection(error))) throw error;
    }
    if (!isRunning) {
      const last = lines.flush();
      if (last.length > 0) yield last;
      return;
    }
    if (await isRunningNow(context, name, signal)) await pause(RETRY_MS, signal);
  }
}

function isBrokenConnection(error: unknown): boolean {
  return ["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"].includes(
    (error as NodeJS.ErrnoException).code ?? "",
  );
}

/** While the engine is away the container counts as running: its output is not at its end. */
async function isRunningNow({ client }: EngineContext, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { State } = await client.call(signal, (docker) => docker.getContainer(name).inspect());
    return State.Running;
  } catch (error) {
    signal.throwIfAborted();
    return !isRefusal(error, 404);
  }
}

/** Records in, lines out, from a cursor on. */
class LineReader {
  readonly #filter: ResumeFilter;
  readonly #joiner: LineJoiner;

  constructor(cursor: Cursor | null, isPositioned: boolean) {
    this.#filter = new ResumeFilter(cursor, isPositioned);
    this.#joiner = new LineJoiner(startOf(cursor));
  }

  /** The lines that these records complete. */
  add(records: FoundRecords): OutputBatch {
    if (!(records instanceof EscapedPage)) return this.join(records);
    if (!this.#filter.acceptsAll || !this.#joiner.isBetweenLines) return this.join([...records]);
    this.#joiner.goTo(records.lastMark);
    return records;
  }

  join(records: readonly OutputRecord[]): readonly OutputLine[] {
    return this.#joiner.add(records.filter((record) => this.#filter.accepts(record)));
  }

  flush(): readonly OutputLine[] {
    return this.#joiner.flush();
  }
}
