/** What the decision can be tuned with: data, so that simulator and tests can try others. */

export interface ScaleParameters {
  /** Share of `maxConcurrency` that an instance shall be used to; the rest takes up fluctuation. 0 to 1. */
  readonly targetUtilisation: number;
  /** Mean load over this time decides in calm times. */
  readonly stableWindowMs: number;
  /** Mean load over this time shows a steep rise; how long nothing is scaled in after one is the stable window. */
  readonly panicWindowMs: number;
  /** The load over the panic window needs this many times the ready instances: panic. */
  readonly panicThreshold: number;
  /** A queue that stands this long is load that wants instances at once. */
  readonly queueStandsMs: number;
  /** The same for a short queue: at a steady load a few requests meet by chance, and are gone in a moment. */
  readonly shortQueueStandsMs: number;
  /** The next size is at most this many times the ready instances. */
  readonly maxUpRate: number;
  /** … and at least the ready instances divided by this. */
  readonly maxDownRate: number;
  /** The size falls only to what has been enough for all of this time. */
  readonly scaleDownDelayMs: number;
  /** The size falls only to what would carry this much more load too: a share, 0 to 1. */
  readonly scaleDownMargin: number;
  /** Share of `maxConcurrency` up to which a load is calm: it has far to go before it needs anything. 0 to 1. */
  readonly calmUtilisation: number;
  /** Without a request for this long a service is quiet. */
  readonly quietAfterMs: number;
  /** A service that was woken stays awake at least this long, however soon it may go to zero. */
  readonly leastBusyMs: number;
}

export const defaultScaleParameters: ScaleParameters = {
  targetUtilisation: 0.7,
  stableWindowMs: 60_000,
  panicWindowMs: 6_000,
  panicThreshold: 2,
  queueStandsMs: 80,
  shortQueueStandsMs: 480,
  maxUpRate: 20,
  maxDownRate: 2,
  scaleDownDelayMs: 60_000,
  scaleDownMargin: 0.1,
  calmUtilisation: 0.25,
  quietAfterMs: 10_000,
  leastBusyMs: 3_000,
};
