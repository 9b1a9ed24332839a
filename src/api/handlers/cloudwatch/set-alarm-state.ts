import { changeState } from "../../../domain/alarm-transition.ts";
import type { Handler } from "../../handler.ts";
import { findAlarm, saveChange } from "../../resources/alarm.ts";
import { invalid } from "../../wire/metric-to-domain.ts";

/** CloudWatch API, SetAlarmState: until the next evaluation finds another one. The way to try an alarm's actions. */
export const setAlarmState: Handler<"GraniteServiceVersion20100801.SetAlarmState"> = async (
  input,
  { store, clock },
) => {
  const { AlarmName, StateValue: state, StateReason: reason, StateReasonData: reasonData = null } = input;
  assertJson(reasonData);
  await store.transaction(async (tx) => {
    const alarm = await findAlarm(AlarmName, tx);
    const change = changeState(alarm, { state, reason, reasonData, atMs: clock.now() });
    await saveChange({ ...change, alarm: { ...change.alarm, version: alarm.version + 1 } }, tx);
  });
  return {};
};

function assertJson(text: string | null): void {
  if (text === null) return;
  try {
    JSON.parse(text);
  } catch {
    throw invalid("StateReasonData", "is not JSON");
  }
}
