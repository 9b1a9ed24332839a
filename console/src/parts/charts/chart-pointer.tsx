/** What follows the mouse and the finger in a chart; the rest of it is not drawn again for that. */
import type { PointerEvent } from "react";
import { type ChartHover, useHover } from "./chart-hover.ts";
import { BOTTOM_PX, LEFT_PX, RIGHT_PX, type Scale, TOP_PX } from "./chart-scale.ts";
import { drawnSpan, type TimeSpan } from "./time-range.ts";

export interface ChartPointerProps {
  readonly scale: Scale;
  readonly hover: ChartHover;
  /** Where a piece that is being drawn begins. */
  readonly beganMs: number | null;
  readonly onBegin: (atMs: number | null) => void;
  readonly onZoom: ((span: TimeSpan) => void) | undefined;
}

export function ChartPointer({ scale, hover, beganMs, onBegin, onZoom }: ChartPointerProps) {
  const atMs = useHover(hover);
  const base = scale.heightPx - BOTTOM_PX;
  const momentOf = (event: PointerEvent<SVGRectElement>) => {
    const left = event.currentTarget.ownerSVGElement?.getBoundingClientRect().left ?? 0;
    return Math.round(scale.momentAt(event.clientX - left));
  };
  const end = (event: PointerEvent<SVGRectElement>) => {
    const span = beganMs === null ? null : drawnSpan(beganMs, momentOf(event));
    onBegin(null);
    if (span !== null) onZoom?.(span);
  };
  const crossPx = atMs === null ? null : scale.x(atMs);
  return (
    <g aria-hidden="true">
      {crossPx === null || crossPx < LEFT_PX || crossPx > scale.widthPx - RIGHT_PX ? null : (
        <line className="chart-cross" x1={crossPx} x2={crossPx} y1={TOP_PX} y2={base} />
      )}
      {beganMs === null || atMs === null ? null : (
        <rect
          className="chart-drawn"
          x={Math.min(scale.x(beganMs), scale.x(atMs))}
          width={Math.abs(scale.x(atMs) - scale.x(beganMs))}
          y={TOP_PX}
          height={base - TOP_PX}
        />
      )}
      <rect
        className="chart-ground"
        x={LEFT_PX}
        y={TOP_PX}
        width={Math.max(1, scale.widthPx - LEFT_PX - RIGHT_PX)}
        height={base - TOP_PX}
        onPointerMove={(event) => hover.set(momentOf(event))}
        onPointerLeave={({ pointerType }) => {
          // A finger is lifted to read what it has pointed at.
          if (beganMs === null && pointerType !== "touch") hover.set(null);
        }}
        onPointerDown={(event) => {
          hover.set(momentOf(event));
          if (onZoom === undefined || event.pointerType === "touch" || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          onBegin(momentOf(event));
        }}
        onPointerUp={end}
        onPointerCancel={() => onBegin(null)}
      />
    </g>
  );
}
