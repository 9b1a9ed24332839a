import { HISTORY_KEPT } from "../../../domain/alarm-transition.ts";
import type { Handler } from "../../handler.ts";
import { assertNameCount, configurationItem, findAlarm } from "../../resources/alarm.ts";

/** CloudWatch API, DeleteAlarms: all of them or, where one is not there, none. Their history stays. */
export const deleteAlarms: Handler<"GraniteServiceVersion20100801.DeleteAlarms"> = async (
  { AlarmNames },
  { store, clock },
) => {
  assertNameCount(AlarmNames);
  await store.transaction(async (tx) => {
    for (const name of new Set(AlarmNames)) {
      const { arn } = await findAlarm(name, tx);
      await tx.alarms.remove(name);
      await tx.tags.removeAll(arn);
      await tx.alarmHistory.append(configurationItem(name, clock.now(), "deleted"), HISTORY_KEPT);
    }
  });
  return {};
};
