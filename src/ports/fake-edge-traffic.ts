/** Traffic for unit tests: the load of each slot is what the test says, and requests knock when it says so. */
import type { EdgeTraffic, GateArrival, SlotLoad } from "./edge-traffic.ts";

export class FakeEdgeTraffic implements EdgeTraffic {
  /** While set, the edge does not answer. */
  isUnknown = false;
  /** While set, whoever reads arrivals is thrown this. */
  arrivalProblem: Error | null = null;
  /** The slots of each call of `sampleLoad`. */
  readonly calls: (readonly number[])[] = [];

  readonly #loads = new Map<number, SlotLoad>();
  #waiting: GateArrival[] = [];
  #news = Promise.withResolvers<void>();

  async sampleLoad(
    slots: readonly number[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, SlotLoad> | "unknown"> {
    signal.throwIfAborted();
    this.calls.push(slots);
    if (this.isUnknown) return "unknown";
    return new Map([...this.#loads].filter(([slot]) => slots.includes(slot)));
  }

  async *arrivals(signal: AbortSignal): AsyncIterable<GateArrival> {
    const onAbort = () => this.#news.resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    while (!signal.aborted) {
      if (this.arrivalProblem !== null) throw this.arrivalProblem;
      const arrived = this.#waiting;
      this.#waiting = [];
      yield* arrived;
      if (this.#waiting.length === 0) await this.#news.promise;
      this.#news = Promise.withResolvers();
    }
  }

  /** What is not given is zero; requests are counted on. */
  setLoad(slot: number, load: Partial<SlotLoad>): void {
    const requestCount = this.#loads.get(slot)?.requestCount ?? 0;
    this.#loads.set(slot, { inFlight: new Map(), queued: 0, requestCount, ...load });
  }

  arrive(host: string, heldCount = 0): void {
    this.#waiting.push({ host, heldCount });
    this.#news.resolve();
  }

  /** Readers are thrown the problem now. */
  breakArrivals(problem: Error): void {
    this.arrivalProblem = problem;
    this.#news.resolve();
  }
}
