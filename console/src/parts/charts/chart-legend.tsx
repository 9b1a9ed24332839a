/** What the colours mean, with the values of the moment that is pointed at, else the latest ones. */
import { charts as texts } from "../../texts.ts";
import { elapsedText, formatValue, type Unit } from "./axis.ts";
import { type ChartHover, useHover } from "./chart-hover.ts";
import { type ChartSeries, valueAt } from "./series.ts";
import type { ChartMark, ChartThreshold } from "./chart-mark.ts";

export interface Readable {
  readonly series: readonly ChartSeries[];
  readonly unit: Unit;
  /** For so long a value holds. */
  readonly reachMs: number;
  readonly isUtc: boolean;
  readonly isFromZero: boolean;
}

export interface ChartLegendProps extends Readable {
  readonly hover: ChartHover;
  readonly marks: readonly ChartMark[];
  /** So near to a mark it is meant. */
  readonly nearMs: number;
  readonly thresholds: readonly ChartThreshold[];
  /** The highest value that is seen. */
  readonly top: number;
}

export function ChartLegend(props: ChartLegendProps) {
  const { hover, marks, nearMs, thresholds, top } = props;
  const atMs = useHover(hover);
  const mark = atMs === null ? undefined : marks.find((one) => Math.abs(one.atMs - atMs) <= nearMs);
  return (
    <div className="chart-legend">
      {readingsAt(props, atMs).map(({ id, title, color, value }) => (
        <span key={id}>
          <span className="chart-key" style={{ background: color }} />
          {title} <b>{value}</b>
        </span>
      ))}
      <span>{momentWords(props, atMs)}</span>
      {mark === undefined ? null : <b>{mark.title}</b>}
      {thresholds.map(({ title, about = title, href, value }) => {
        const words = value > top ? texts.far(about) : about;
        return href === undefined ? null : (
          <a key={title} href={href}>
            {words}
          </a>
        );
      })}
    </div>
  );
}

export interface Reading {
  readonly id: string;
  readonly title: string;
  readonly color: string;
  /** As it is read. */
  readonly value: string;
}

/** Null: the latest. */
export function readingsAt({ series, unit, reachMs }: Readable, atMs: number | null): readonly Reading[] {
  return series.map(({ id, title, color, points }) => {
    const value = atMs === null ? (points.at(-1)?.value ?? null) : valueAt(points, atMs, reachMs);
    return { id, title, color, value: value === null ? "–" : formatValue(value, unit) };
  });
}

export function momentWords({ isUtc, isFromZero }: Readable, atMs: number | null): string {
  if (isFromZero) return atMs === null ? texts.atEnd : elapsedText(atMs);
  return atMs === null ? texts.latest : momentText(atMs, isUtc);
}

const FORMAT = {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
} as const;
const local = new Intl.DateTimeFormat("en", { ...FORMAT, hourCycle: "h23" });
const utc = new Intl.DateTimeFormat("en", { month: "short", day: "numeric", timeZone: "UTC" });

export function momentText(atMs: number, isUtc: boolean): string {
  return (isUtc ? utc : local).format(atMs);
}
