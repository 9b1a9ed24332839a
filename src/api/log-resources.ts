/** What calls of CloudWatch Logs are about, for the authorization. */
import type { LogOperationName } from "../contract/index.ts";
import type { AccountScope } from "../domain/arn.ts";
import { logGroupArn, logStreamArn } from "./resources/log-group.ts";

/** The input member that names the resource; null where the call lists, or names none. */
export const LOG_MEMBERS = {
  "Logs_20140328.CreateLogGroup": "logGroupName",
  "Logs_20140328.CreateLogStream": "logGroupName",
  "Logs_20140328.DeleteLogGroup": "logGroupName",
  "Logs_20140328.DeleteLogStream": "logGroupName",
  "Logs_20140328.DeleteRetentionPolicy": "logGroupName",
  "Logs_20140328.DescribeLogGroups": null,
  "Logs_20140328.DescribeLogStreams": "logGroupName",
  "Logs_20140328.FilterLogEvents": "logGroupName",
  "Logs_20140328.GetLogEvents": "logGroupName",
  "Logs_20140328.ListLogGroups": null,
  "Logs_20140328.ListTagsForResource": "resourceArn",
  "Logs_20140328.ListTagsLogGroup": "logGroupName",
  "Logs_20140328.PutLogEvents": "logGroupName",
  "Logs_20140328.PutRetentionPolicy": "logGroupName",
  "Logs_20140328.StartLiveTail": "logGroupIdentifiers",
  "Logs_20140328.TestMetricFilter": null,
} as const satisfies Record<LogOperationName, string | null>;

export function isLogOperation(operation: string): operation is LogOperationName {
  return Object.hasOwn(LOG_MEMBERS, operation);
}

/** The ARN of the group, or of the stream where one is named. */
export function logResource(operation: LogOperationName, input: object, scope: AccountScope): string {
  const textAt = (member: string): string | undefined => {
    const value: unknown = Object.getOwnPropertyDescriptor(input, member)?.value;
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === "string" ? first : undefined;
  };
  const named = textAt(LOG_MEMBERS[operation] ?? "") ?? textAt("logGroupIdentifier");
  if (LOG_MEMBERS[operation] === null || named === undefined) return "*";
  const arn = named.startsWith("arn:") ? named.replace(/:\*$/, "") : logGroupArn(named, scope);
  const stream = textAt("logStreamName");
  return stream === undefined || named.startsWith("arn:") ? arn : logStreamArn(named, stream, scope);
}
