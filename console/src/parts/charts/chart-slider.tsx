/**
 * A chart's pointer for who uses keys: it goes from point to point, and what is there is said. `keyAct` has what each key does.
 */
import { type KeyboardEvent, useMemo, useState } from "react";
import { charts as texts } from "../../texts.ts";
import type { Unit } from "./axis.ts";
import { type ChartHover, useHover } from "./chart-hover.ts";
import { keyAct } from "./chart-keys.ts";
import { momentWords, readingsAt } from "./chart-legend.tsx";
import type { ChartMark } from "./chart-mark.ts";
import { type ChartSeries, momentsOf } from "./series.ts";
import type { TimeSpan } from "./time-range.ts";

/** What a page does when a piece of the time is to be looked at. */
export interface ChartZoom {
  readonly to: (span: TimeSpan) => void;
  readonly out: () => void;
  /** Up to now. */
  readonly reset: () => void;
}

export interface ChartSliderProps {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  readonly marks: readonly ChartMark[];
  readonly span: TimeSpan;
  readonly unit: Unit;
  readonly hover: ChartHover;
  readonly reachMs: number;
  /** From a point's moment to where the pointer stands: bars have their middle. */
  readonly middleMs: number;
  readonly zoom: ChartZoom | undefined;
  readonly beganMs: number | null;
  readonly onBegin: (atMs: number | null) => void;
  readonly isUtc: boolean;
  readonly isFromZero: boolean;
  /** Where the keys are told. */
  readonly helpId: string;
}

export function ChartSlider(props: ChartSliderProps) {
  const { title, series, marks, span, hover, zoom, onBegin, middleMs } = props;
  const [isFocused, setFocused] = useState(false);
  const atMs = useHover(hover);
  const moments = useMemo(
    () =>
      momentsOf(series)
        .map((moment) => moment + middleMs)
        .filter((moment) => moment >= span.startMs && moment <= span.endMs),
    [series, middleMs, span.startMs, span.endMs],
  );
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const view = { moments, marks, span, atMs, beganMs: props.beganMs, canZoom: zoom !== undefined };
    const done = keyAct(event, view);
    if (done === null) return;
    event.preventDefault();
    onBegin(done.act === "point" ? done.beganMs : null);
    if (done.act === "point") hover.set(done.atMs);
    else if (done.act === "zoom") zoom?.to(done.span);
    else if (done.act === "zoomOut") zoom?.out();
    else if (done.act === "reset") zoom?.reset();
    else if (done.act === "follow") window.location.hash = done.href;
    else hover.set(null);
  };
  return (
    <div
      className="chart-keys"
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an <input> has no place for a span of time in words
      role="slider"
      tabIndex={0}
      aria-label={texts.pointer(title)}
      aria-describedby={props.helpId}
      aria-valuemin={span.startMs / 1_000}
      aria-valuemax={span.endMs / 1_000}
      aria-valuenow={(atMs ?? span.endMs) / 1_000}
      aria-valuetext={isFocused ? saidOf(props, atMs) : texts.latest}
      onKeyDown={press}
      onFocus={() => setFocused(true)}
      onBlur={() => {
        setFocused(false);
        onBegin(null);
        hover.set(null);
      }}
    />
  );
}

/** "Nov 21, 19:04:10: 2xx 12; 5xx 0. Create succeeded" */
function saidOf(props: ChartSliderProps, atMs: number | null): string {
  const readings = readingsAt(props, atMs).map(({ title, value }) => `${title} ${value}`);
  const mark = props.marks.find((one) => one.atMs === atMs)?.title;
  return texts.said(momentWords(props, atMs), readings, mark);
}
