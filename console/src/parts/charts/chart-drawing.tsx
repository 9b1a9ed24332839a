/** What is seen in a chart: axes, lines, bars, thresholds, marks. */
import { useMemo } from "react";
import { elapsedText, formatValue, timeTicks, type Unit } from "./axis.ts";
import type { ChartMark, ChartThreshold } from "./chart-mark.ts";
import { BOTTOM_PX, LEFT_PX, RIGHT_PX, type Scale, TOP_PX } from "./chart-scale.ts";
import { type ChartSeries, type Point, runsOf, stackedBars } from "./series.ts";
import type { TimeSpan } from "./time-range.ts";

const TICK_ROOM_PX = 80;

interface AxesProps {
  readonly scale: Scale;
  readonly span: TimeSpan;
  readonly ticks: readonly number[];
  readonly unit: Unit;
  readonly isUtc: boolean;
  readonly isFromZero: boolean;
}

export function Axes({ scale, span, ticks, unit, isUtc, isFromZero }: AxesProps) {
  const offsetMs = isUtc || isFromZero ? 0 : -new Date(span.endMs).getTimezoneOffset() * 60_000;
  const room = Math.max(2, Math.floor((scale.widthPx - LEFT_PX) / TICK_ROOM_PX));
  const base = scale.heightPx - BOTTOM_PX;
  return (
    <g aria-hidden="true">
      {ticks.map((value) => (
        <g key={value}>
          <line
            className={value === 0 ? "chart-base" : "chart-grid"}
            x1={LEFT_PX}
            x2={scale.widthPx - RIGHT_PX}
            y1={scale.y(value)}
            y2={scale.y(value)}
          />
          <text x={LEFT_PX - 6} y={scale.y(value) + 4} textAnchor="end">
            {formatValue(value, unit)}
          </text>
        </g>
      ))}
      {timeTicks(span, room, offsetMs).map(({ atMs, label }) => (
        <text key={atMs} x={scale.x(atMs)} y={base + 16} textAnchor="middle">
          {isFromZero ? elapsedText(atMs) : label}
        </text>
      ))}
    </g>
  );
}

interface LineProps {
  readonly scale: Scale;
  readonly series: ChartSeries;
  readonly gapMs: number;
}

export function Line({ scale, series, gapMs }: LineProps) {
  const place = ({ atMs, value }: Point) => `${scale.x(atMs).toFixed(1)},${scale.y(value).toFixed(1)}`;
  return (
    <g aria-hidden="true">
      {runsOf(series.points, gapMs).map((run) => {
        const [first] = run;
        if (first === undefined) return null;
        if (run.length === 1) {
          return (
            <circle
              key={first.atMs}
              cx={scale.x(first.atMs)}
              cy={scale.y(first.value)}
              r={2}
              fill={series.color}
            />
          );
        }
        return (
          <polyline
            key={first.atMs}
            className="chart-line"
            stroke={series.color}
            points={run.map(place).join(" ")}
          />
        );
      })}
    </g>
  );
}

interface BarsProps {
  readonly scale: Scale;
  readonly series: readonly ChartSeries[];
  readonly periodMs: number;
}

export function Bars({ scale, series, periodMs }: BarsProps) {
  const bars = useMemo(() => stackedBars(series), [series]);
  const slotPx = scale.x(periodMs) - scale.x(0);
  const gapPx = slotPx > 6 ? Math.min(4, slotPx * 0.2) : 0;
  return (
    <g aria-hidden="true">
      {bars.map(({ atMs, seriesId, color, from, to }) => (
        <rect
          key={`${seriesId} ${atMs}`}
          x={scale.x(atMs) + gapPx / 2}
          y={scale.y(to)}
          width={Math.max(1, slotPx - gapPx)}
          height={Math.max(0.5, scale.y(from) - scale.y(to))}
          fill={color}
        />
      ))}
    </g>
  );
}

export function Threshold({
  scale,
  threshold,
}: {
  readonly scale: Scale;
  readonly threshold: ChartThreshold;
}) {
  const { value, title } = threshold;
  const [x, y] = [scale.widthPx - RIGHT_PX, scale.y(value)];
  return (
    <g aria-hidden="true" data-threshold={title}>
      <line className="chart-mark" stroke="var(--tone-bad)" x1={LEFT_PX} x2={x} y1={y} y2={y} />
      <text x={x} y={y < TOP_PX + 14 ? y + 12 : y - 4} textAnchor="end">
        {title}
      </text>
    </g>
  );
}

/** A line with a flag; the flag leads to what is told of it, as Enter does for who uses keys. */
export function Mark({ scale, mark }: { readonly scale: Scale; readonly mark: ChartMark }) {
  const { href } = mark;
  const x = scale.x(mark.atMs);
  return (
    <g data-mark={mark.id} aria-hidden="true">
      <title>{mark.title}</title>
      <line
        className="chart-mark"
        stroke={mark.color}
        x1={x}
        x2={x}
        y1={TOP_PX - 4}
        y2={scale.heightPx - BOTTOM_PX}
      />
      <path d={`M${x - 5} ${TOP_PX - 9}h10l-5 8z`} fill={mark.color} />
      {href === undefined ? null : (
        <rect
          className="chart-reach"
          x={x - 10}
          y={TOP_PX - 16}
          width={20}
          height={16}
          onPointerUp={() => {
            window.location.hash = href;
          }}
        />
      )}
    </g>
  );
}
