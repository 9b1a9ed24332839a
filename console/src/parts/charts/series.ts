/** What a chart draws, as data: points of GetMetricData, gaps, stacks. Pure. */

export interface Point {
  readonly atMs: number;
  readonly value: number;
}

export interface ChartSeries {
  readonly id: string;
  readonly title: string;
  /** A colour of CSS. */
  readonly color: string;
  /** Oldest first. */
  readonly points: readonly Point[];
}

interface MetricResult {
  readonly Id?: string | undefined;
  readonly Timestamps?: readonly number[] | undefined;
  readonly Values?: readonly number[] | undefined;
}

/** Oldest first, whatever the order of the answer. */
export function pointsOf(results: readonly MetricResult[], id: string): readonly Point[] {
  const { Timestamps = [], Values = [] } = results.find((result) => result.Id === id) ?? {};
  return Timestamps.map((atS, index) => ({ atMs: atS * 1_000, value: Values[index] ?? 0 })).sort(
    (one, other) => one.atMs - other.atMs,
  );
}

/** Where nothing was measured nothing is drawn: runs of points, none of them further apart than `gapMs`. */
export function runsOf(points: readonly Point[], gapMs: number): readonly (readonly Point[])[] {
  const runs: Point[][] = [];
  for (const point of points) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run === undefined || last === undefined || point.atMs - last.atMs > gapMs) runs.push([point]);
    else run.push(point);
  }
  return runs;
}

export interface StackedBar {
  readonly atMs: number;
  readonly seriesId: string;
  readonly color: string;
  readonly from: number;
  readonly to: number;
}

/** One series upon the other, in their order. */
export function stackedBars(series: readonly ChartSeries[]): readonly StackedBar[] {
  const heights = new Map<number, number>();
  return series.flatMap(({ id, color, points }) =>
    points.flatMap(({ atMs, value }) => {
      if (value <= 0) return [];
      const from = heights.get(atMs) ?? 0;
      heights.set(atMs, from + value);
      return [{ atMs, seriesId: id, color, from, to: from + value }];
    }),
  );
}

export function highestOf(series: readonly ChartSeries[], isStacked: boolean): number {
  const tops = isStacked
    ? stackedBars(series).map(({ to }) => to)
    : series.flatMap(({ points }) => points.map(({ value }) => value));
  return tops.reduce((most, top) => Math.max(most, top), 0);
}

/** The value of the point whose period this moment lies in; null in a gap. */
export function valueAt(points: readonly Point[], atMs: number, reachMs: number): number | null {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.atMs ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  const point = points[low - 1];
  return point !== undefined && atMs - point.atMs < reachMs ? point.value : null;
}

/** All moments at which anything was measured, oldest first. */
export function momentsOf(series: readonly ChartSeries[]): readonly number[] {
  const moments = new Set(series.flatMap(({ points }) => points.map(({ atMs }) => atMs)));
  return [...moments].sort((one, other) => one - other);
}

/** Rows of all moments at which anything was measured, newest first. */
export function rowsOf(
  series: readonly ChartSeries[],
): readonly { readonly atMs: number; readonly values: readonly (number | null)[] }[] {
  const columns = series.map(({ points }) => new Map(points.map(({ atMs, value }) => [atMs, value])));
  return momentsOf(series)
    .toReversed()
    .map((atMs) => ({ atMs, values: columns.map((column) => column.get(atMs) ?? null) }));
}

/** For a spreadsheet: moments as ISO 8601, oldest first. */
export function csvOf(series: readonly ChartSeries[]): string {
  const rows = rowsOf(series)
    .toReversed()
    .map(({ atMs, values }) => [[new Date(atMs).toISOString()], values.map((value) => value ?? "")].flat());
  return csvText([["time", ...series.map(({ title }) => title)], ...rows]);
}

/** RFC 4180; a cell that a spreadsheet would take for a formula is a text. */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
