/** What keys do on a chart that has the focus: the pointer goes from point to point, a piece is drawn, looked at and left. Pure. */
import type { ChartMark } from "./chart-mark.ts";
import { drawnSpan, narrowed, type TimeSpan } from "./time-range.ts";

/** So many points are one page. */
const PAGE = 10;

export interface KeyView {
  /** Where the pointer can stand, oldest first. */
  readonly moments: readonly number[];
  readonly marks: readonly ChartMark[];
  readonly span: TimeSpan;
  readonly atMs: number | null;
  /** Where a piece that is being drawn begins. */
  readonly beganMs: number | null;
  readonly canZoom: boolean;
}

export type KeyAct =
  | { readonly act: "point"; readonly atMs: number; readonly beganMs: number | null }
  | { readonly act: "zoom"; readonly span: TimeSpan }
  | { readonly act: "follow"; readonly href: string }
  | { readonly act: "zoomOut" | "reset" | "leave" };

export interface PressedKey {
  readonly key: string;
  readonly shiftKey: boolean;
}

/** Null: the key is not the chart's. */
export function keyAct(pressed: PressedKey, view: KeyView): KeyAct | null {
  const { key, shiftKey: isDrawing } = pressed;
  if (key === "d" || key === "D") {
    return pointed(
      nextOf(
        view.marks.map(({ atMs }) => atMs),
        view.atMs,
        isDrawing,
      ),
      null,
    );
  }
  const moved = movedTo(key, view);
  if (moved !== null) return pointed(moved, isDrawing && view.canZoom ? (view.beganMs ?? view.atMs) : null);
  if (key === "Escape" && view.atMs !== null) return { act: "leave" };
  if (key === "Enter") return entered(view);
  return view.canZoom ? zoomAct(key, view) : null;
}

function pointed(atMs: number | undefined | null, beganMs: number | null): KeyAct | null {
  return atMs === undefined || atMs === null ? null : { act: "point", atMs, beganMs };
}

function movedTo(key: string, { moments, atMs }: KeyView): number | null {
  if (moments.length === 0) return null;
  const last = moments.length - 1;
  const at = (index: number) => moments[Math.max(0, Math.min(last, index))] ?? null;
  // The pointer may stand between two points, where the mouse left it.
  const after = atMs === null ? moments.length : countUntil(moments, atMs);
  const before = atMs === null ? moments.length : countBefore(moments, atMs);
  if (key === "ArrowLeft") return at(before - 1);
  if (key === "ArrowRight") return at(after);
  if (key === "PageUp") return at(before - PAGE);
  if (key === "PageDown") return at(after + PAGE - 1);
  if (key === "Home") return at(0);
  return key === "End" ? at(last) : null;
}

function entered({ atMs, beganMs, marks }: KeyView): KeyAct | null {
  if (atMs === null) return null;
  const span = beganMs === null ? null : drawnSpan(beganMs, atMs);
  if (span !== null) return { act: "zoom", span };
  const href = marks.find((mark) => mark.atMs === atMs)?.href;
  return href === undefined ? null : { act: "follow", href };
}

function zoomAct(key: string, { span, atMs }: KeyView): KeyAct | null {
  if (key === "+" || key === "=") return { act: "zoom", span: narrowed(span, atMs) };
  if (key === "-") return { act: "zoomOut" };
  return key === "0" ? { act: "reset" } : null;
}

/** The one after this moment, or before it; after the last comes the first. */
function nextOf(moments: readonly number[], atMs: number | null, isBackwards: boolean): number | undefined {
  const sorted = moments.toSorted((one, other) => one - other);
  if (atMs === null) return sorted.at(-1);
  return isBackwards
    ? (sorted.findLast((moment) => moment < atMs) ?? sorted.at(-1))
    : (sorted.find((moment) => moment > atMs) ?? sorted[0]);
}

function countUntil(moments: readonly number[], atMs: number): number {
  return moments.filter((moment) => moment <= atMs).length;
}

function countBefore(moments: readonly number[], atMs: number): number {
  return moments.filter((moment) => moment < atMs).length;
}
