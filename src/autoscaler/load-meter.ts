/**
 * Makes a service's load out of samples of its slot. Besides the windows it looks at the queue: whether one stands, and how
 * many requests at once there would be if nobody had to wait.
 */
import { MeanWindow } from "./mean-window.ts";
import type { Load } from "./demand.ts";
import type { ScaleParameters } from "./scale-parameters.ts";

export interface LoadSample {
  readonly atMs: number;
  readonly inFlight: number;
  readonly queued: number;
  /** Grows with each request that comes, also when it has to wait; begins again at 0 after a restart of the edge. */
  readonly requestCount: number;
}

type MeterParameters = Pick<
  ScaleParameters,
  "stableWindowMs" | "panicWindowMs" | "queueStandsMs" | "shortQueueStandsMs"
>;

/** What lies further apart says nothing of the time between. */
const LONGEST_GAP_MS = 1000;
/** How far back the time that a request takes is looked for, and the rate at which they come while a queue stands. */
const SERVICE_TIME_MS = 1000;
const RATE_MS = 500;
/** Fewer answers do not tell how long one takes. */
const LEAST_ANSWERS = 5;
/** A queue that changes by less than this share of the requests that come stands still. */
const FLAT_SHARE = 0.1;
const FLAT_REQUESTS = 2;
/** A queue of fewer requests, or of a smaller share of those in flight, may be chance. */
const LONG_REQUESTS = 4;
const LONG_SHARE = 0.5;

interface Point extends LoadSample {
  /** Requests in flight times milliseconds, since the first point. */
  readonly work: number;
}

export class LoadMeter {
  readonly #parameters: MeterParameters;
  readonly #window: MeanWindow;
  /** Of the last second, without a gap, the oldest first. */
  #points: readonly Point[] = [];
  #last: LoadSample | null = null;
  #arrived = 0;

  constructor(parameters: MeterParameters) {
    this.#parameters = parameters;
    this.#window = new MeanWindow(parameters.stableWindowMs);
  }

  /** Nobody called in this time: known without samples. */
  addQuiet(fromMs: number, toMs: number): void {
    this.#points = [];
    this.#window.add(fromMs, toMs, 0);
  }

  /** What comes next was counted elsewhere. */
  startAnew(): void {
    this.#points = [];
    this.#last = null;
  }

  /** Whether requests came since the last sample. */
  isCountNew(requestCount: number): boolean {
    return this.#last !== null && arrivedSince(this.#last.requestCount, requestCount) > 0;
  }

  /** Whether in the last second nothing waited and never more than that was in flight; false when it was not seen. */
  wasAtMost(inFlight: number): boolean {
    return (
      this.#points.length > 0 &&
      this.#points.every((point) => point.queued === 0 && point.inFlight <= inFlight)
    );
  }

  add(sample: LoadSample): void {
    this.#arrived = this.#last === null ? 0 : arrivedSince(this.#last.requestCount, sample.requestCount);
    this.#last = sample;
    const last = this.#points.at(-1);
    const gapMs = sample.atMs - (last?.atMs ?? -Infinity);
    if (last === undefined || gapMs <= 0 || gapMs > LONGEST_GAP_MS) {
      this.#points = [{ ...sample, work: 0 }];
      return;
    }
    // Instances that have just come are full at once, but have not answered yet: what was there before did the work.
    const work = last.work + gapMs * last.inFlight;
    const kept = this.#points.filter(({ atMs }) => sample.atMs - atMs <= SERVICE_TIME_MS);
    this.#points = [...kept, { ...sample, work }];
    const worked = this.#worked();
    const meanWanted = (wantedAtOnce(last, worked) + wantedAtOnce(sample, worked)) / 2;
    this.#window.add(last.atMs, sample.atMs, meanWanted);
  }

  /** Unknown when the last sample is too old. */
  read(nowMs: number): Load | "unknown" {
    const last = this.#points.at(-1);
    if (last === undefined || Math.abs(nowMs - last.atMs) > LONGEST_GAP_MS) return "unknown";
    const { stableWindowMs, panicWindowMs } = this.#parameters;
    return {
      inFlight: last.inFlight,
      queued: last.queued,
      arrived: this.#arrived,
      standing: this.#standing(),
      isFlat: this.#isFlat(),
      worked: this.#worked(),
      stableMean: this.#window.mean(nowMs, stableWindowMs),
      panicMean: this.#window.mean(nowMs, panicWindowMs),
    };
  }

  /** The least that was in flight and waiting since the queue stands; 0 before it stood for long enough. */
  #standing(): number {
    const { queueStandsMs, shortQueueStandsMs } = this.#parameters;
    return this.#standingFor(queueStandsMs, isLong) || this.#standingFor(shortQueueStandsMs, () => true);
  }

  #standingFor(spanMs: number, isWanted: (point: Point) => boolean): number {
    const queue = this.#queue(spanMs);
    if (durationMs(queue) < spanMs || !queue.every(isWanted)) return 0;
    return Math.min(...queue.map(({ inFlight, queued }) => inFlight + queued));
  }

  /**
   * A queue that stands still is made by a fixed number of clients that wait for each other: they are the load. One that
   * grows or shrinks is past load; what comes now is `worked`. So is one that stood still only before instances came: it
   * was as long as refusals and time-outs let it be.
   */
  #isFlat(): boolean {
    const queue = this.#queue(RATE_MS);
    const inFlight = queue.map((point) => point.inFlight);
    return (
      isSteady(
        queue.map(({ queued }) => queued),
        arrivalsOver(queue),
      ) && isSteady(inFlight, Math.max(...inFlight))
    );
  }

  /**
   * Requests at once if nobody had to wait, by Little's law: how many come in a time, times how long one takes. Known only
   * while a queue stands; without one it is what is in flight.
   */
  #worked(): number | "unknown" {
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    const queue = this.#queue(RATE_MS);
    const queueMs = durationMs(queue);
    if (first === undefined || last === undefined || queueMs === 0) return "unknown";
    const stayed = last.inFlight + last.queued - first.inFlight - first.queued;
    const answers = arrivalsOver(this.#points) - stayed;
    if (answers < LEAST_ANSWERS) return "unknown";
    return (arrivalsOver(queue) / queueMs) * ((last.work - first.work) / answers);
  }

  /** The latest points that all had a queue: enough of them for this time, when there are. */
  #queue(spanMs: number): readonly Point[] {
    const lastEmpty = this.#points.findLastIndex(({ queued }) => queued === 0);
    const queue = this.#points.slice(lastEmpty + 1);
    const latestMs = queue.at(-1)?.atMs ?? 0;
    const from = queue.findLastIndex(({ atMs }) => latestMs - atMs >= spanMs);
    return queue.slice(Math.max(0, from));
  }
}

/** Instances that work off what has waited are busier than what comes would make them. */
function wantedAtOnce({ inFlight, queued }: LoadSample, worked: number | "unknown"): number {
  return worked === "unknown" ? inFlight + queued : Math.min(inFlight + queued, worked);
}

function isLong({ inFlight, queued }: Point): boolean {
  return queued >= Math.max(LONG_REQUESTS, LONG_SHARE * inFlight);
}

/** Within a small share of `scale`. */
function isSteady(values: readonly number[], scale: number): boolean {
  return Math.max(...values) - Math.min(...values) <= FLAT_REQUESTS + FLAT_SHARE * scale;
}

function arrivedSince(countBefore: number, count: number): number {
  return count >= countBefore ? count - countBefore : count;
}

function arrivalsOver(points: readonly Point[]): number {
  const [first, last] = [points[0], points.at(-1)];
  return first === undefined || last === undefined ? 0 : last.requestCount - first.requestCount;
}

function durationMs(points: readonly Point[]): number {
  const [first, last] = [points[0], points.at(-1)];
  return first === undefined || last === undefined ? 0 : last.atMs - first.atMs;
}
