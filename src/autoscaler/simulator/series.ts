/** What was so in each second of a simulation: columns of numbers. */

export interface Series {
  /** Requests that came. */
  readonly requests: Uint32Array;
  /** … and were refused with 429 or 503. */
  readonly refused: Uint32Array;
  /** The most that waited at once, in the queue and at the gate. */
  readonly waiting: Uint32Array;
  /** At the end of the second. */
  readonly wished: Uint32Array;
  readonly ready: Uint32Array;
  readonly inFlight: Uint32Array;
}

export function emptySeries(seconds: number): Series {
  return {
    requests: new Uint32Array(seconds),
    refused: new Uint32Array(seconds),
    waiting: new Uint32Array(seconds),
    wished: new Uint32Array(seconds),
    ready: new Uint32Array(seconds),
    inFlight: new Uint32Array(seconds),
  };
}
