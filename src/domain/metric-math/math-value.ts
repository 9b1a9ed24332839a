/** What an expression of metrics is made of: numbers, series, and several series. */

export interface Series {
  readonly kind: "series";
  readonly periodMs: number;
  readonly label: string;
  /** Begin of the period → value, in order of time. Without a value there is no entry. */
  readonly values: ReadonlyMap<number, number>;
}

export interface Scalar {
  readonly kind: "number";
  readonly value: number;
}

export interface SeriesList {
  readonly kind: "list";
  readonly series: readonly Series[];
}

export type MathValue = Scalar | Series | SeriesList;

/** What is wrong with an expression, as a sentence that names the place. */
export class MathError extends Error {
  override readonly name = "MathError";
}

export function scalar(value: number): Scalar {
  return { kind: "number", value };
}

/** `values` without what is no number: AWS has no point where a division by zero would be. */
export function series(
  like: Pick<Series, "periodMs" | "label">,
  values: Iterable<readonly [number, number]>,
): Series {
  const kept = [...values].filter(([, value]) => Number.isFinite(value));
  return { kind: "series", periodMs: like.periodMs, label: like.label, values: new Map(kept) };
}

export function nameOf({ kind }: MathValue): string {
  if (kind === "number") return "a number";
  return kind === "series" ? "a time series" : "several time series";
}
