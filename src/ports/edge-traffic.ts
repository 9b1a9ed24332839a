/**
 * What the autoscaler needs from the data plane: how busy a few slots are, cheaply and often, and who knocks at a gate.
 * Implemented by the edge (`edge/`), and by a fake for unit tests.
 */
export interface EdgeTraffic {
  /**
   * Requests in flight and waiting, for a few slots: the cost grows with the slots asked for, not with all there are.
   * A slot that the edge does not know is absent. "unknown" when the edge does not answer: never zero.
   */
  sampleLoad(
    slots: readonly number[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, SlotLoad> | "unknown">;

  /**
   * Requests that came to a watched or a closed gate. The first one after a second without any is told within
   * milliseconds; then at most a few times a second for each host. May tell of one twice, and after a crash of the edge of
   * none. Ends only when the signal is aborted.
   */
  arrivals(signal: AbortSignal): AsyncIterable<GateArrival>;
}

export interface SlotLoad {
  /** Requests in flight by instance, WebSockets and streams too, over all proxy processes as far as they are known. */
  readonly inFlight: ReadonlyMap<string, number>;
  /** Requests that wait because every instance is at its limit. */
  readonly queued: number;
  /**
   * Requests that came to this slot since some time in the past, those that wait too; grows, but begins again at 0 after a
   * restart.
   */
  readonly requestCount: number;
}

export interface GateArrival {
  readonly host: string;
  /** Requests of this host that the gate holds now; 0 at a watched gate, which holds none. */
  readonly heldCount: number;
}

/** What the metrics need from the data plane. */
export interface EdgeCounters {
  /**
   * What slots and gates have counted, by the process that counted it: a reload or a crash begins with new ones. Those that
   * a reload replaced are there until they have ended, and once more then. The cost grows with what is asked for. "unknown"
   * when the edge does not answer.
   */
  readCounters(
    question: CounterQuestion,
    signal: AbortSignal,
  ): Promise<readonly WorkerCounters[] | "unknown">;
}

export interface CounterQuestion {
  readonly slots: readonly number[];
  /** Services' own hosts. */
  readonly hosts: readonly string[];
}

/** All of it since the process began; whatever it does not know is absent. */
export interface WorkerCounters {
  /** Names one process for ever. */
  readonly worker: string;
  readonly startedAtMs: number;
  readonly slots: ReadonlyMap<number, SlotCounters>;
  /** Own host → what was refused before a slot could count it. */
  readonly refusals: ReadonlyMap<string, HostRefusals>;
}

export interface SlotCounters {
  /** Requests that ended, however they did. */
  readonly requestCount: number;
  /** Of them by the first digit of their status: index 0 is 1xx. */
  readonly statusCounts: readonly [number, number, number, number, number];
  readonly responseBytes: number;
  /** Requests that are there now. */
  readonly presentCount: number;
}

export interface HostRefusals {
  /** Answered 429: as many waited as may. */
  readonly fullCount: number;
  /** Answered 503: no instance came in time. */
  readonly lateCount: number;
  /** Refused by its guard (4xx). */
  readonly guardedCount: number;
  /** Answered 503 in its place: its service is paused, starts or failed. */
  readonly awayCount: number;
}
