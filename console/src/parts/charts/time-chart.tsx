/**
 * A chart over time: lines with gaps where nothing was measured, or bars upon each other; thresholds, and marks of what happened.
 * The legend has the values of the moment that is pointed at, in all charts at once: with the mouse, a finger or keys. A piece
 * that is drawn is what `zoom` gets.
 */
import { useId, useMemo, useRef, useState } from "react";
import { charts as texts } from "../../texts.ts";
import { formatValue, type Unit, valueTicks } from "./axis.ts";
import { Axes, Bars, Line, Mark, Threshold } from "./chart-drawing.tsx";
import type { ChartHover } from "./chart-hover.ts";
import { ChartLegend } from "./chart-legend.tsx";
import { type ChartMark, type ChartThreshold, isFar } from "./chart-mark.ts";
import { ChartPointer } from "./chart-pointer.tsx";
import { scaleOf } from "./chart-scale.ts";
import { ChartSlider, type ChartZoom } from "./chart-slider.tsx";
import { type ChartSeries, highestOf } from "./series.ts";
import type { TimeSpan } from "./time-range.ts";
import { useWidth } from "./use-width.ts";
import "./charts.css";

export interface TimeChartProps {
  readonly title: string;
  readonly shape: "lines" | "bars";
  readonly series: readonly ChartSeries[];
  readonly span: TimeSpan;
  readonly periodMs: number;
  readonly unit: Unit;
  readonly hover: ChartHover;
  readonly marks?: readonly ChartMark[];
  readonly thresholds?: readonly ChartThreshold[];
  /** The chart is of its thresholds: each is seen, however far above. */
  readonly isOfThresholds?: boolean;
  readonly zoom?: ChartZoom;
  readonly heightPx?: number;
  /** Days of the API begin at midnight UTC. */
  readonly isUtc?: boolean;
  /** Times count from the beginning, not from a day of the calendar. */
  readonly isFromZero?: boolean;
}

const HEIGHT_PX = 180;
/** A service at rest is measured once a minute, however fine one asks. */
const LONGEST_REST_MS = 75_000;
const NO_MARKS: readonly ChartMark[] = [];
const NO_THRESHOLDS: readonly ChartThreshold[] = [];

export function TimeChart(props: TimeChartProps) {
  const { title, shape, series, span, periodMs, unit, hover, zoom, marks = NO_MARKS } = props;
  const { thresholds = NO_THRESHOLDS, heightPx = HEIGHT_PX, isUtc = false, isFromZero = false } = props;
  const frame = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(frame);
  const [beganMs, setBegan] = useState<number | null>(null);
  const highest = useMemo(() => highestOf(series, shape === "bars"), [series, shape]);
  const isWhole = props.isOfThresholds === true;
  const near = useMemo(
    () => thresholds.filter((one) => isWhole || !isFar(one, highest)),
    [thresholds, isWhole, highest],
  );
  const ticks = useMemo(
    () => valueTicks(Math.max(highest, ...near.map(({ value }) => value)), unit),
    [highest, near, unit],
  );
  const scale = scaleOf(span, ticks.at(-1) ?? 1, widthPx, heightPx);
  const isEmpty = series.every(({ points }) => points.length === 0);
  const helpId = useId();
  const hasKeys = !isEmpty || zoom !== undefined;
  const shownMarks = useMemo(
    () => marks.filter(({ atMs }) => atMs >= span.startMs && atMs <= span.endMs),
    [marks, span.startMs, span.endMs],
  );
  const readable = {
    series,
    unit,
    isUtc,
    isFromZero,
    reachMs: shape === "bars" ? periodMs : gapOf(periodMs),
  };
  return (
    <div className="chart-whole" ref={frame}>
      <div className="chart-frame">
        {isEmpty && near.length === 0 ? (
          <div className="chart-empty" style={{ blockSize: heightPx }}>
            {texts.nothing}
          </div>
        ) : (
          <svg
            className="chart"
            // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it is drawn, not loaded
            role="img"
            aria-label={texts.picture(title, summaries(series, unit))}
            viewBox={`0 0 ${widthPx} ${heightPx}`}
            height={heightPx}
          >
            <Axes scale={scale} span={span} ticks={ticks} unit={unit} isUtc={isUtc} isFromZero={isFromZero} />
            {shape === "bars" ? (
              <Bars scale={scale} series={series} periodMs={periodMs} />
            ) : (
              series.map((one) => <Line key={one.id} scale={scale} series={one} gapMs={gapOf(periodMs)} />)
            )}
            <ChartPointer
              scale={scale}
              hover={hover}
              beganMs={beganMs}
              onBegin={setBegan}
              onZoom={zoom?.to}
            />
            {near.map((threshold) => (
              <Threshold key={threshold.title} scale={scale} threshold={threshold} />
            ))}
            {shownMarks.map((mark) => (
              <Mark key={mark.id} scale={scale} mark={mark} />
            ))}
          </svg>
        )}
        {hasKeys ? (
          <ChartSlider
            {...readable}
            title={title}
            marks={shownMarks}
            span={span}
            hover={hover}
            middleMs={shape === "bars" ? periodMs / 2 : 0}
            zoom={zoom}
            beganMs={beganMs}
            onBegin={setBegan}
            helpId={helpId}
          />
        ) : null}
      </div>
      <ChartLegend
        {...readable}
        hover={hover}
        marks={shownMarks}
        nearMs={((span.endMs - span.startMs) / Math.max(1, widthPx)) * 5}
        thresholds={thresholds}
        top={ticks.at(-1) ?? 1}
      />
      {hasKeys ? (
        <div className="chart-help" id={helpId}>
          {texts.keys(shownMarks.length > 0, zoom !== undefined)}
        </div>
      ) : null}
    </div>
  );
}

export function gapOf(periodMs: number): number {
  return Math.max(2 * periodMs, LONGEST_REST_MS);
}

function summaries(series: readonly ChartSeries[], unit: Unit): readonly string[] {
  const measured = series.filter(({ points }) => points.length > 0);
  if (measured.length === 0) return [texts.nothing];
  return measured.map(({ title, points }) => {
    const most = points.reduce((high, { value }) => Math.max(high, value), 0);
    return texts.seriesSummary(title, formatValue(points.at(-1)?.value ?? 0, unit), formatValue(most, unit));
  });
}
