/** What the tests of logs share: a directory that goes away, a fast clock, and an engine whose output is scripted. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { Clock } from "../../ports/clock.ts";
import type { ContainerEngine, EscapedLines, OutputBatch, OutputLine } from "../../ports/container-engine.ts";
import type { LogOwner, LogReader, LogStream } from "../../ports/service-log.ts";
import { FileServiceLog, type FileServiceLogOptions, type LogLimits } from "./file-service-log.ts";

export const owner: LogOwner = { serviceId: hex(1), serviceName: "shop" };
export const events: LogStream = { kind: "events" };
/** A deadline that only a failing test reaches, on the fast clock too. */
export const LONG_MS = 8_000_000;
/** For `expect.poll`: the two cores of a test machine may be busy with others. */
export const patience = { timeout: 8_000 };

export function hex(number: number): string {
  return number.toString(16).padStart(32, "0");
}

export function application(instanceId: string): LogStream {
  return { kind: "application", instanceId };
}

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "slipway-log-"));
  onTestFinished(async () => rm(directory, { recursive: true, force: true, maxRetries: 20 }));
  return directory;
}

/** A thousand times as fast as ours; `now` stands until a test moves it. */
export class FastClock implements Clock {
  nowMs = Date.now();

  now(): number {
    return this.nowMs;
  }

  async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    await delay(durationMs / 1000, undefined, { signal });
  }
}

/** Cursors are line numbers. */
export class ScriptedEngine implements Pick<ContainerEngine, "readOutput"> {
  /** Cursor of each call, in order. */
  readonly calls: (string | null)[] = [];
  /** Thrown one after another: by calls, before their first batch. */
  readonly failures: Error[] = [];
  /** Ends the reader with an error after this line, once. */
  breakAfter: number | null = null;
  batchSize = 7;
  #isEnded = false;
  #waiting: (() => void)[] = [];
  readonly #lines: string[] = [];

  print(...lines: readonly string[]): void {
    for (const line of lines) this.#lines.push(line);
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *readOutput(
    _instanceId: string,
    cursor: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<readonly OutputLine[]> {
    this.calls.push(cursor);
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    signal.addEventListener("abort", () => this.#wake());
    for (let next = Number(cursor ?? 0); !signal.aborted;) {
      const batch = this.#lines
        .slice(next, next + this.batchSize)
        .map((text, index) => toLine(text, next + index));
      next += batch.length;
      if (batch.length > 0) yield batch;
      else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (this.breakAfter !== null && next > this.breakAfter) {
        this.breakAfter = null;
        throw new Error("connection reset");
      }
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function toLine(text: string, index: number): OutputLine {
  return {
    stream: index % 2 === 0 ? "stdout" : "stderr",
    timestampMs: 1_000 + index,
    text,
    cursor: String(index + 1),
  };
}

/** The same lines, with their bytes as an engine that makes nothing of them hands them over. */
export function withBytes(lines: readonly OutputLine[]): OutputBatch {
  const texts = lines.map(({ text }) => Buffer.from(`${JSON.stringify(text.toWellFormed()).slice(1, -1)}|`));
  const ends = texts.map((_, index) => Buffer.concat(texts.slice(0, index + 1)).length);
  const escaped: EscapedLines = {
    length: lines.length,
    bytes: Buffer.concat(texts),
    begin: (index) => ends[index - 1] ?? 0,
    end: (index) => (ends[index] ?? 0) - 1,
    timestampMs: (index) => lines[index]?.timestampMs ?? 0,
    stream: (index) => lines[index]?.stream ?? "stdout",
    cursor: (index) => lines[index]?.cursor ?? "",
  };
  return Object.assign([...lines], { escaped });
}

export interface LogBench {
  readonly directory: string;
  readonly engine: ScriptedEngine;
  readonly clock: FastClock;
  /** `<event> <code>` of each report. */
  readonly problems: string[];
  /** A log on the same directory, as a restarted control plane makes it. */
  readonly open: (
    limits?: Partial<LogLimits>,
    engine?: FileServiceLogOptions["engine"],
    options?: Partial<FileServiceLogOptions>,
  ) => FileServiceLog;
}

export async function logBench(): Promise<LogBench> {
  const directory = join(await temporaryDirectory(), "logs");
  const engine = new ScriptedEngine();
  const clock = new FastClock();
  const problems: string[] = [];
  const onError: FileServiceLogOptions["onError"] = (event, { code }) =>
    problems.push(`${event} ${code}`.trim());
  return {
    directory,
    engine,
    clock,
    problems,
    open: (limits = {}, other = engine, options = {}) =>
      new FileServiceLog({ directory, engine: other, clock, limits, onError, ...options }),
  };
}

/** A small limit for one kind of stream. */
export function streamLimit(maxBytes: number): Partial<LogLimits> {
  return {
    maxBytesPerStream: { application: maxBytes, operation: maxBytes, events: maxBytes, access: maxBytes },
  };
}

export async function allTexts(log: LogReader, stream: LogStream, limit = 1_000): Promise<readonly string[]> {
  const texts: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page = await log.read(owner, stream, { cursor }, limit);
    if (page.cursor === cursor || (cursor === null && page.lines.length === 0)) return texts;
    for (const { text } of page.lines) texts.push(text);
    cursor = page.cursor;
  }
}

export function numbered(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `line ${from + index}`);
}

export async function fileText(...path: readonly string[]): Promise<string> {
  return readFile(join(...path), "utf8");
}

/** Runs `copy.fixture.ts` to its end; says by which signal it ended. */
export async function copyInChild(
  ...parameters: readonly (string | number)[]
): Promise<NodeJS.Signals | null> {
  const fixture = fileURLToPath(new URL("./copy.fixture.ts", import.meta.url));
  const child = spawn(process.execPath, [fixture, ...parameters.map(String)], { stdio: "inherit" });
  const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return signal;
}
