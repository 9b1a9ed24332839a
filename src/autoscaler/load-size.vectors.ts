/**
 * Knative's autoscaler's test cases as data (knative/serving, pkg/autoscaler/scaling/autoscaler_test.go, Apache-2.0: numbers
 * only, at its test's utilisation of 0.75). Each is a service's life in ticks: what is measured, and what must come of it.
 */

export interface SizeVector {
  readonly name: string;
  /** Requests at once that an instance shall have. */
  readonly target: number;
  readonly maxUpRate: number;
  readonly maxDownRate: number;
  readonly scaleDownDelayMs: number;
  /** How many instances there were when it began; null: a calm service. */
  readonly restartedWith: number | null;
  readonly ticks: readonly SizeTick[];
}

export interface SizeTick {
  readonly atMs: number;
  readonly ready: number;
  readonly stable: number;
  readonly panic: number;
  readonly expected: number;
  readonly isPanic: boolean;
}

const calm = { maxUpRate: 1000, maxDownRate: 1000, scaleDownDelayMs: 0, restartedWith: null };
const MINUTE_MS = 60_000;

export const sizeVectors: readonly SizeVector[] = [
  {
    ...calm,
    name: "grows to what the stable window needs",
    target: 10,
    ticks: [{ atMs: 0, ready: 5, stable: 50, panic: 50, expected: 5, isPanic: false }],
  },
  {
    ...calm,
    name: "a slow rate of growth still moves",
    target: 1,
    maxUpRate: 1.1,
    ticks: [{ atMs: 0, ready: 2, stable: 3, panic: 3, expected: 3, isPanic: false }],
  },
  {
    ...calm,
    name: "falls by no more than its rate",
    target: 10,
    maxDownRate: 1.1,
    ticks: [{ atMs: 0, ready: 100, stable: 1, panic: 1, expected: 90, isPanic: false }],
  },
  {
    ...calm,
    name: "twice what the instances carry is panic",
    target: 10,
    ticks: [{ atMs: 0, ready: 1, stable: 50, panic: 100, expected: 10, isPanic: true }],
  },
  {
    ...calm,
    name: "a surge is followed as fast as instances become ready",
    target: 1,
    ticks: [
      { atMs: 0, ready: 1, stable: 1, panic: 6, expected: 6, isPanic: true },
      { atMs: 2000, ready: 6, stable: 6, panic: 36, expected: 36, isPanic: true },
      { atMs: 4000, ready: 36, stable: 36, panic: 216, expected: 216, isPanic: true },
      { atMs: 6000, ready: 216, stable: 216, panic: 1296, expected: 1296, isPanic: true },
    ],
  },
  {
    ...calm,
    name: "grows tenfold at most",
    target: 1,
    maxUpRate: 10,
    ticks: [
      { atMs: 0, ready: 1, stable: 1000, panic: 1000, expected: 10, isPanic: true },
      { atMs: 2000, ready: 10, stable: 1000, panic: 1000, expected: 100, isPanic: true },
    ],
  },
  {
    ...calm,
    name: "falls to a tenth at least",
    target: 1,
    maxDownRate: 10,
    ticks: [
      { atMs: 0, ready: 100, stable: 1, panic: 1, expected: 10, isPanic: false },
      { atMs: 2000, ready: 10, stable: 1, panic: 1, expected: 1, isPanic: false },
    ],
  },
  {
    ...calm,
    name: "holds in panic for a stable window",
    target: 10,
    ticks: [
      { atMs: 0, ready: 10, stable: 100, panic: 1000, expected: 100, isPanic: true },
      { atMs: 30_000, ready: 100, stable: 1, panic: 1, expected: 100, isPanic: true },
      { atMs: 61_000, ready: 100, stable: 1, panic: 1, expected: 1, isPanic: false },
    ],
  },
  {
    ...calm,
    name: "leaves panic when what follows is a slow rise",
    target: 1,
    ticks: [
      { atMs: 0, ready: 10, stable: 11, panic: 25, expected: 25, isPanic: true },
      { atMs: 30_000, ready: 40, stable: 30, panic: 41, expected: 41, isPanic: true },
      { atMs: 61_000, ready: 55, stable: 50, panic: 56, expected: 50, isPanic: false },
    ],
  },
  {
    ...calm,
    name: "falls after the delay only",
    target: 10,
    scaleDownDelayMs: 5 * MINUTE_MS,
    ticks: [
      { atMs: 0, ready: 4, stable: 40, panic: 40, expected: 4, isPanic: false },
      { atMs: 3 * MINUTE_MS, ready: 4, stable: 0, panic: 0, expected: 4, isPanic: false },
      { atMs: 5 * MINUTE_MS, ready: 4, stable: 0, panic: 0, expected: 0, isPanic: false },
    ],
  },
  {
    ...calm,
    name: "falls as gradually as the load fell",
    target: 10,
    scaleDownDelayMs: 5 * MINUTE_MS,
    ticks: [
      { atMs: 0, ready: 4, stable: 40, panic: 40, expected: 4, isPanic: false },
      { atMs: 2 * MINUTE_MS, ready: 4, stable: 30, panic: 30, expected: 4, isPanic: false },
      { atMs: 4 * MINUTE_MS, ready: 4, stable: 0, panic: 0, expected: 4, isPanic: false },
      { atMs: 6 * MINUTE_MS, ready: 4, stable: 0, panic: 0, expected: 3, isPanic: false },
      { atMs: 8 * MINUTE_MS, ready: 3, stable: 0, panic: 0, expected: 0, isPanic: false },
    ],
  },
  {
    ...calm,
    name: "a restart begins in panic and holds what it finds",
    target: 10,
    restartedWith: 2,
    ticks: [
      { atMs: 0, ready: 2, stable: 1, panic: 1, expected: 2, isPanic: true },
      { atMs: 61_000, ready: 2, stable: 1, panic: 1, expected: 1, isPanic: false },
    ],
  },
];
