import type { AlarmHistoryQuery } from "../../../ports/alarm-table.ts";
import type { Handler } from "../../handler.ts";
import { readPage } from "../../paging.ts";
import { historyItemToWire } from "../../wire/alarm-to-wire.ts";

const PAGE_SIZE = 100;

/** CloudWatch API, DescribeAlarmHistory: what became of one alarm or of all, of deleted ones too. */
export const describeAlarmHistory: Handler<"GraniteServiceVersion20100801.DescribeAlarmHistory"> = async (
  input,
  context,
) => {
  const { HistoryItemType: type, AlarmTypes: types = [] } = input;
  const isOfContributor = type === "AlarmContributorAction" || type === "AlarmContributorStateUpdate";
  if (isOfContributor || (types.length > 0 && !types.includes("MetricAlarm")))
    return { AlarmHistoryItems: [] };
  const query: AlarmHistoryQuery = {
    alarmName: input.AlarmName ?? null,
    type: type ?? null,
    fromMs: input.StartDate?.getTime() ?? 0,
    toMs: input.EndDate?.getTime() ?? Number.MAX_SAFE_INTEGER,
    order: input.ScanBy === "TimestampAscending" ? "oldest-first" : "newest-first",
  };
  const page = await readPage(
    {
      operation: "GraniteServiceVersion20100801.DescribeAlarmHistory",
      input: { ...input, MaxResults: input.MaxRecords ?? PAGE_SIZE },
    },
    context,
    (request) => context.store.alarmHistory.list(query, request),
  );
  return { AlarmHistoryItems: page.rows.map(historyItemToWire), ...page.nextToken };
};
