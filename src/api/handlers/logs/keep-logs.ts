/** What changes which lines are kept. */
import type { Handler } from "../../handler.ts";
import { assertWritten, findLogGroup, invalidLogs, parseLogStream } from "../../resources/log-group.ts";

/** CloudWatch Logs API, PutRetentionPolicy. */
const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const putRetentionPolicy: Handler<"Logs_20140328.PutRetentionPolicy"> = async (input, context) => {
  const { retentionInDays: days } = input;
  if (!RETENTION_DAYS.includes(days)) {
    throw invalidLogs("retentionInDays", `is ${days}; it must be one of ${RETENTION_DAYS.join(", ")}`);
  }
  const group = await findLogGroup(input, context);
  await assertWritten(group, [], context.logs);
  await context.logs.setRetention(group.owner, group.group, days);
  return {};
};

export const deleteRetentionPolicy: Handler<"Logs_20140328.DeleteRetentionPolicy"> = async (
  input,
  context,
) => {
  const group = await findLogGroup(input, context);
  await assertWritten(group, [], context.logs);
  await context.logs.setRetention(group.owner, group.group, null);
  return {};
};

/** Its lines go; what its service writes later makes the group anew. */
export const deleteLogGroup: Handler<"Logs_20140328.DeleteLogGroup"> = async (input, context) => {
  const group = await findLogGroup(input, context);
  await assertWritten(group, [], context.logs);
  await context.logs.removeGroup(group.owner, group.group);
  return {};
};

export const deleteLogStream: Handler<"Logs_20140328.DeleteLogStream"> = async (input, context) => {
  const group = await findLogGroup(input, context);
  const stream = parseLogStream(input.logStreamName, group);
  await assertWritten(group, [input.logStreamName], context.logs);
  await context.logs.removeStream(group.owner, stream);
  return {};
};
