/** The outlines of a sparkline. Where nothing was measured there is nothing: a gap is not a zero. */
interface Frame {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly maximum?: number | undefined;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** So that the stroke is not cut off. */
const MARGIN_PX = 1;

export function sparklinePath(
  values: readonly (number | null)[],
  { widthPx, heightPx, maximum }: Frame,
): { readonly line: string; readonly area: string } {
  const top = Math.max(maximum ?? 0, ...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const stepPx = values.length > 1 ? widthPx / (values.length - 1) : widthPx;
  const floor = heightPx - MARGIN_PX;
  const points = values.map((value, index) =>
    value === null ? null : { x: index * stepPx, y: floor - (value / top) * (floor - MARGIN_PX) },
  );
  const runs = runsOf(points).map((run) => (run.length === 1 ? dash(run[0] as Point, stepPx) : run));
  return {
    line: runs.map((run) => `M${run.map(spot).join("L")}`).join(""),
    area: runs
      .map((run) => `M${run.at(0)?.x},${floor}L${run.map(spot).join("L")}L${run.at(-1)?.x},${floor}Z`)
      .join(""),
  };
}

function runsOf(points: readonly (Point | null)[]): Point[][] {
  const runs: Point[][] = [[]];
  for (const point of points) {
    if (point === null) runs.push([]);
    else runs.at(-1)?.push(point);
  }
  return runs.filter((run) => run.length > 0);
}

/** A single value between gaps would be invisible. */
function dash({ x, y }: Point, stepPx: number): Point[] {
  const half = Math.min(stepPx / 2, 2);
  return [
    { x: x - half, y },
    { x: x + half, y },
  ];
}

function spot({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
