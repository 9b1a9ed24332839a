/** Where in a chart's picture a moment and a value are. Pure. */
import type { TimeSpan } from "./time-range.ts";

export const LEFT_PX = 58;
export const RIGHT_PX = 10;
export const TOP_PX = 10;
export const BOTTOM_PX = 22;

/** From moments and values to pixels and back. */
export interface Scale {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly x: (atMs: number) => number;
  readonly y: (value: number) => number;
  readonly momentAt: (xPx: number) => number;
}

export function scaleOf(span: TimeSpan, top: number, widthPx: number, heightPx: number): Scale {
  const innerPx = Math.max(1, widthPx - LEFT_PX - RIGHT_PX);
  const innerHeightPx = heightPx - TOP_PX - BOTTOM_PX;
  const lengthMs = Math.max(1, span.endMs - span.startMs);
  return {
    widthPx,
    heightPx,
    x: (atMs) => LEFT_PX + ((atMs - span.startMs) / lengthMs) * innerPx,
    y: (value) => TOP_PX + innerHeightPx * (1 - value / top),
    momentAt: (xPx) => span.startMs + (Math.min(innerPx, Math.max(0, xPx - LEFT_PX)) / innerPx) * lengthMs,
  };
}
