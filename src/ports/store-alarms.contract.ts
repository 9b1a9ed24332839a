/** What every Store does with alarms and their history: a part of `describeStore`. */
import { describe, expect, it } from "vitest";
import type { Alarm, AlarmHistoryItem } from "../domain/alarm.ts";
import type { Store } from "./store.ts";

export function describeAlarmTables(store: () => Store): void {
  describe("alarms", () => {
    it("come back as they were saved last, by name and by prefix, page by page", async () => {
      const { alarms } = store();
      for (const name of ["web-cpu", "api", "web-errors"]) await alarms.save(anAlarm(name));
      const changed = { ...anAlarm("api"), state: "ALARM" as const };
      await alarms.save(changed);
      expect(await alarms.get("api")).toStrictEqual(changed);
      const first = await alarms.list("web-", { after: null, limit: 1 });
      expect(first.rows.map(({ name }) => name)).toEqual(["web-cpu"]);
      const last = await alarms.list("web-", { after: first.lastKey, limit: 1 });
      expect([last.rows.map(({ name }) => name), last.lastKey]).toEqual([["web-errors"], null]);
      expect(await alarms.count()).toBe(3);
      await alarms.remove("api");
      expect(await alarms.get("api")).toBeNull();
    });

    it("are due in the order of their next evaluation", async () => {
      const { alarms } = store();
      for (const [name, dueAtMs] of [
        ["c", 30],
        ["a", 20],
        ["b", 10],
      ] as const) {
        await alarms.save(anAlarm(name, dueAtMs));
      }
      expect((await alarms.listDue(20, 5)).map(({ name }) => name)).toEqual(["b", "a"]);
      expect((await alarms.listDue(99, 1)).map(({ name }) => name)).toEqual(["b"]);
    });

    it("have a history, forward and backward, of which only the newest is kept", async () => {
      const { alarmHistory } = store();
      for (const atMs of [1, 2, 2, 3]) await alarmHistory.append(anItem("a", atMs), 3);
      await alarmHistory.append({ ...anItem("b", 2), type: "Action" }, 3);
      const query = { alarmName: "a", type: null, fromMs: 0, toMs: 10, order: "newest-first" } as const;
      const times = async (asked: Parameters<typeof alarmHistory.list>[0]) => {
        const first = await alarmHistory.list(asked, { after: null, limit: 2 });
        const last = await alarmHistory.list(asked, { after: first.lastKey, limit: 2 });
        return [...first.rows, ...last.rows].map(({ atMs }) => atMs);
      };
      expect(await times(query)).toEqual([3, 2, 2]);
      expect(await times({ ...query, order: "oldest-first" })).toEqual([2, 2, 3]);
      const actions = await alarmHistory.list({ ...query, alarmName: null, type: "Action" }, all);
      expect(actions.rows).toStrictEqual([{ ...anItem("b", 2), type: "Action" }]);
      await alarmHistory.prune(3);
      expect((await alarmHistory.list({ ...query, alarmName: null }, all)).rows).toHaveLength(1);
    });
  });
}

const all = { after: null, limit: 10 };

function anItem(alarmName: string, atMs: number): AlarmHistoryItem {
  return { alarmName, atMs, type: "StateUpdate", summary: "", data: "{}" };
}

function anAlarm(name: string, nextEvaluationAtMs = 0): Alarm {
  return {
    name,
    arn: `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`,
    definition: {
      description: null,
      actionsEnabled: true,
      actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] },
      isOfOneMetric: false,
      queries: [],
      evaluationPeriods: 1,
      datapointsToAlarm: null,
      threshold: 1.5,
      comparison: "GreaterThanThreshold",
      missingData: null,
      lowSampleTreatment: null,
    },
    configuredAtMs: 1,
    state: "INSUFFICIENT_DATA",
    stateReason: "new",
    stateReasonData: null,
    stateUpdatedAtMs: 1,
    stateTransitionedAtMs: 1,
    nextEvaluationAtMs,
    version: 1,
  };
}
