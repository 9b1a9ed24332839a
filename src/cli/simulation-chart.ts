/** A simulation as a chart of block characters: time goes to the right, each row has its own scale. */
import type { SimulatedRun } from "./simulation.ts";
import { paint } from "./style.ts";

export interface ChartScreen {
  readonly columns: number;
  readonly hasColour: boolean;
}

const BLOCKS = " ▁▂▃▄▅▆▇█";
const LABEL_WIDTH = 14;
/** Room for the largest value of a row. */
const SCALE_WIDTH = 9;
const LEAST_WIDTH = 20;

/** The trace once, then a few rows for each run. */
export function renderChart(screen: ChartScreen, runs: readonly SimulatedRun[]): readonly string[] {
  const width = Math.max(LEAST_WIDTH, screen.columns - LABEL_WIDTH - SCALE_WIDTH);
  const [first] = runs;
  if (first === undefined) return [];
  const row = (label: string, values: ArrayLike<number>, scale = highest(values)): string => {
    const name = label.padEnd(LABEL_WIDTH);
    return `${name}${blocks(values, width, scale)} ${paint(screen, "dim", `0–${scale}`)}`;
  };
  return [
    paint(screen, "cyan", row("requests/s", first.series.requests)),
    ...runs.flatMap(({ settings, series }) => {
      const most = Math.max(highest(series.wished), highest(series.ready));
      return [
        "",
        paint(screen, "bold", settings.name),
        paint(screen, "dim", row("wished", series.wished, most)),
        paint(screen, "green", row("ready", series.ready, most)),
        ...rowIfAny(series.waiting, () => paint(screen, "yellow", row("waiting", series.waiting))),
        ...rowIfAny(series.refused, () => paint(screen, "red", row("refused/s", series.refused))),
      ];
    }),
    timeLine(first.series.requests.length, width),
  ];
}

/** One character for a stretch of time: the most in it. What is not zero can be seen. */
export function blocks(values: ArrayLike<number>, width: number, scale: number): string {
  let text = "";
  for (let column = 0; column < width; column++) {
    const from = Math.floor((column * values.length) / width);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / width));
    let most = 0;
    for (let index = from; index < to; index++) most = Math.max(most, values[index] ?? 0);
    text += BLOCKS[scale === 0 ? 0 : Math.ceil((Math.min(most, scale) / scale) * (BLOCKS.length - 1))] ?? "";
  }
  return text;
}

function rowIfAny(values: ArrayLike<number>, row: () => string): readonly string[] {
  return highest(values) > 0 ? [row()] : [];
}

/** A trace may have more seconds than a function takes arguments. */
function highest(values: ArrayLike<number>): number {
  let most = 0;
  for (let index = 0; index < values.length; index++) most = Math.max(most, values[index] ?? 0);
  return most;
}

function timeLine(seconds: number, width: number): string {
  const end = timeOf(seconds);
  return `${" ".repeat(LABEL_WIDTH)}0${" ".repeat(Math.max(1, width - end.length - 1))}${end}`;
}

function timeOf(seconds: number): string {
  if (seconds < 120) return `${seconds}s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)}m` : `${Math.round(seconds / 360) / 10}h`;
}
