/** The states of an alarm over time, from its history. Pure. */
import type { TimeSpan } from "../../parts/charts/time-range.ts";
import type { AlarmState } from "./alarm-data.ts";

const DAY_MS = 86_400_000;

interface HistoryItem {
  readonly Timestamp?: number | undefined;
  readonly HistoryItemType?: string | undefined;
  readonly HistoryData?: string | undefined;
}

export interface StatePiece extends TimeSpan {
  /** Null: the alarm was not there yet, or nothing is kept of it. */
  readonly state: AlarmState | null;
}

interface Change {
  readonly atMs: number;
  readonly from: AlarmState | null;
  readonly to: AlarmState | null;
}

/** The last day, or since the alarm was made. */
export function historySpan(history: readonly HistoryItem[], nowMs: number): TimeSpan {
  const oldest = history.toSorted((one, other) => (one.Timestamp ?? 0) - (other.Timestamp ?? 0))[0];
  const madeMs = oldest?.HistoryItemType === "ConfigurationUpdate" ? (oldest.Timestamp ?? 0) * 1_000 : 0;
  return { startMs: Math.min(nowMs - 1, Math.max(nowMs - DAY_MS, madeMs)), endMs: nowMs };
}

/** One after the other, without a gap, in all the span. `now` is how the alarm stands. */
export function statePieces(
  history: readonly HistoryItem[],
  now: AlarmState,
  span: TimeSpan,
): readonly StatePiece[] {
  const changes = history.flatMap(changeOf).sort((one, other) => one.atMs - other.atMs);
  const edges = changes.filter(({ atMs }) => atMs > span.startMs && atMs < span.endMs);
  const before = changes.findLast(({ atMs }) => atMs <= span.startMs);
  const first = edges[0]?.from ?? before?.to ?? (edges.length === 0 ? now : null);
  return [{ atMs: span.startMs, to: first }, ...edges].map(({ atMs, to }, index) => ({
    state: to,
    startMs: atMs,
    endMs: edges[index]?.atMs ?? span.endMs,
  }));
}

function changeOf({ Timestamp, HistoryItemType, HistoryData = "" }: HistoryItem): readonly Change[] {
  if (HistoryItemType !== "StateUpdate" || Timestamp === undefined) return [];
  const [from, to] = ["oldState", "newState"].map((side) => stateIn(HistoryData, side));
  return [{ atMs: Timestamp * 1_000, from: from ?? null, to: to ?? null }];
}

function stateIn(json: string, side: string): AlarmState | null {
  try {
    const data = JSON.parse(json) as Readonly<Record<string, { readonly stateValue?: AlarmState }>>;
    return data[side]?.stateValue ?? null;
  } catch {
    return null;
  }
}
