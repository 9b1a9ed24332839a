/** Something that happened, as a vertical line in charts. */
export interface ChartMark {
  readonly id: string;
  readonly atMs: number;
  readonly title: string;
  readonly color: string;
  /** Where more is told of it. */
  readonly href?: string;
}

/** A value that somebody watches, as a horizontal line. */
export interface ChartThreshold {
  readonly value: number;
  /** At the line. */
  readonly title: string;
  /** Below the chart, with a link. */
  readonly about?: string;
  readonly href?: string;
}

/** Higher than so many times the highest value, and the chart would be a flat line for its sake. */
const FAR = 4;

export function isFar({ value }: ChartThreshold, highest: number): boolean {
  return value > FAR * highest;
}
