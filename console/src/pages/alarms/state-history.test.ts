import { expect, test } from "vitest";
import { historySpan, statePieces } from "./state-history.ts";

const SPAN = { startMs: 10_000, endMs: 100_000 };

function change(atS: number, from: string, to: string) {
  const data = { oldState: { stateValue: from }, newState: { stateValue: to } };
  return { Timestamp: atS, HistoryItemType: "StateUpdate", HistoryData: JSON.stringify(data) };
}

test("states follow each other without a gap, newest first or last", () => {
  const history = [
    change(60, "ALARM", "OK"),
    change(20, "OK", "ALARM"),
    change(5, "INSUFFICIENT_DATA", "OK"),
  ];
  expect(statePieces(history, "OK", SPAN)).toEqual([
    { state: "OK", startMs: 10_000, endMs: 20_000 },
    { state: "ALARM", startMs: 20_000, endMs: 60_000 },
    { state: "OK", startMs: 60_000, endMs: 100_000 },
  ]);
});

test("without a change in the time it is the state before, else the present one", () => {
  expect(statePieces([change(5, "OK", "ALARM")], "ALARM", SPAN)).toEqual([{ state: "ALARM", ...SPAN }]);
  expect(statePieces([], "INSUFFICIENT_DATA", SPAN)).toEqual([{ state: "INSUFFICIENT_DATA", ...SPAN }]);
});

test("other items and data that cannot be read are no states", () => {
  const others = [{ Timestamp: 30, HistoryItemType: "Action", HistoryData: "{}" }];
  expect(statePieces(others, "OK", SPAN)).toEqual([{ state: "OK", ...SPAN }]);
  const broken = [{ Timestamp: 30, HistoryItemType: "StateUpdate", HistoryData: "{" }];
  expect(statePieces(broken, "OK", SPAN).map(({ state }) => state)).toEqual([null, null]);
});

test("the last day is looked at, or the time since the alarm was made", () => {
  const nowMs = 200_000_000;
  const made = { Timestamp: 150_000, HistoryItemType: "ConfigurationUpdate" };
  expect(historySpan([change(160_000, "OK", "ALARM"), made], nowMs).startMs).toBe(150_000_000);
  expect(historySpan([change(160_000, "OK", "ALARM")], nowMs)).toEqual({
    startMs: nowMs - 86_400_000,
    endMs: nowMs,
  });
  expect(historySpan([], nowMs).startMs).toBe(nowMs - 86_400_000);
});
