/**
 * Brings spans to the collector, behind everything else: a bounded queue, batches one after the other, longer and longer
 * pauses while the collector is away. What does not fit is dropped, counted, and told once a minute.
 */
import type { Clock } from "../../ports/clock.ts";
import type { Collector, CollectorAnswer } from "./collector.ts";
import { type Span, type SpanSource, toReadable } from "./span.ts";

export interface SpanExporterDeps {
  readonly collector: Pick<Collector, "send" | "close">;
  readonly source: SpanSource;
  readonly clock: Clock;
  readonly report: (problem: ExportProblem) => void;
}

/** Since the last report. */
export interface ExportProblem {
  /** They did not fit into the queue, or there was no time left at the end. */
  readonly droppedCount: number;
  /** The collector would not have them. */
  readonly refusedCount: number;
  /** The last; null: the spans came faster than they went. */
  readonly problem: string | null;
}

/** Some 8 MB. */
export const MAX_QUEUED = 8_192;
export const BATCH_SIZE = 512;
/** So long it waits for more. */
const GATHER_MS = 1_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const REPORT_MS = 60_000;
/** At the end. */
const LAST_MS = 2_000;

export class SpanExporter {
  readonly #deps: SpanExporterDeps;
  #queue: Span[] = [];
  #droppedCount = 0;
  #refusedCount = 0;
  #problem: string | null = null;
  #reportedAtMs = -Infinity;

  constructor(deps: SpanExporterDeps) {
    this.#deps = deps;
  }

  get queuedCount(): number {
    return this.#queue.length;
  }

  /** Never waits, never throws. */
  add(spans: readonly Span[]): void {
    const room = MAX_QUEUED - this.#queue.length;
    this.#queue.push(...spans.slice(0, room));
    this.#droppedCount += Math.max(0, spans.length - room);
  }

  /** Until the signal is aborted; what is queued then has a moment to get away. */
  async run(end: AbortSignal): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!end.aborted) {
      if (this.#queue.length < BATCH_SIZE) await this.#sleep(GATHER_MS, end);
      const answer = await this.#sendBatch(end);
      this.#reportProblems();
      if (answer?.kind !== "busy") {
        pauseMs = FIRST_PAUSE_MS;
        continue;
      }
      await this.#sleep(Math.min(LONGEST_PAUSE_MS, answer.retryAfterMs ?? pauseMs), end);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
    await this.#sendLast();
    this.#deps.collector.close();
  }

  /** Null: there was nothing to send, or the end came first. */
  async #sendBatch(signal: AbortSignal): Promise<CollectorAnswer | null> {
    const batch = this.#queue.slice(0, BATCH_SIZE);
    if (batch.length === 0) return null;
    const { collector, source } = this.#deps;
    try {
      const answer = await collector.send(
        batch.map((span) => toReadable(span, source)),
        signal,
      );
      if (answer.kind !== "busy") this.#queue = this.#queue.slice(batch.length);
      if (answer.kind === "refused") this.#refusedCount += batch.length;
      if (answer.kind === "taken") this.#refusedCount += answer.refusedCount;
      this.#problem = answer.problem ?? this.#problem;
      return answer;
    } catch (error) {
      if (signal.aborted) return null;
      return this.#giveUp(batch.length, error);
    }
  }

  /** Spans that cannot be written at all would stand in the way of all others. */
  #giveUp(count: number, error: unknown): null {
    this.#queue = this.#queue.slice(count);
    this.#droppedCount += count;
    this.#problem = String(error);
    return null;
  }

  async #sendLast(): Promise<void> {
    const deadline = AbortSignal.timeout(LAST_MS);
    while (this.#queue.length > 0 && !deadline.aborted) {
      const answer = await this.#sendBatch(deadline);
      if (answer === null || answer.kind === "busy") break;
    }
    this.#droppedCount += this.#queue.length;
    this.#queue = [];
    this.#reportedAtMs = -Infinity;
    this.#reportProblems();
  }

  #reportProblems(): void {
    const nowMs = this.#deps.clock.now();
    const isQuiet = this.#droppedCount === 0 && this.#refusedCount === 0 && this.#problem === null;
    if (isQuiet || Math.abs(nowMs - this.#reportedAtMs) < REPORT_MS) return;
    this.#reportedAtMs = nowMs;
    const problem = this.#problem;
    this.#deps.report({ droppedCount: this.#droppedCount, refusedCount: this.#refusedCount, problem });
    this.#droppedCount = 0;
    this.#refusedCount = 0;
    this.#problem = null;
  }

  /** Ends early at the end. */
  async #sleep(durationMs: number, end: AbortSignal): Promise<void> {
    await this.#deps.clock.sleep(durationMs, end).catch(() => undefined);
  }
}
