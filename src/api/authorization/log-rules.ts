/**
 * What calls of CloudWatch Logs are about. As AWS does, policies see `log-group:<name>:log-stream:` with the stream where
 * one is named, so that both `log-group:<name>:*` and `log-group:<name>*` fit; only tags are of `log-group:<name>`.
 */
import type { LogOperationName } from "../../contract/index.ts";
import type { AccountScope } from "../../domain/arn.ts";
import { logGroupArn, logStreamArn } from "../resources/log-group.ts";
import { ANYTHING, anything, type ResourceRule, textAt, textsAt, told } from "./resource-rule.ts";

const NAME_MEMBERS = ["logGroupName", "logGroupIdentifier"];

function groupArn(identifier: string, scope: AccountScope): string {
  return identifier.startsWith("arn:") ? identifier.replace(/:\*$/, "") : logGroupArn(identifier, scope);
}

/** Of a group that was named by name or ARN. */
function streamArn(identifier: string, stream: string, scope: AccountScope): string {
  return `${groupArn(identifier, scope)}:log-stream:${stream}`;
}

/** Each way in which it is named: who names two groups must be allowed both. */
const group: ResourceRule = (input, { scope }) => {
  const stream = textAt(input, "logStreamName") ?? "";
  const identifiers = NAME_MEMBERS.flatMap((member) => textAt(input, member) ?? []);
  if (identifiers.length === 0) return [ANYTHING];
  return identifiers.map((identifier) => told(streamArn(identifier, stream, scope)));
};

const groups: ResourceRule = (input, { scope }) => {
  const identifiers = textsAt(input, "logGroupIdentifiers");
  if (identifiers.length === 0) return [ANYTHING];
  return identifiers.map((identifier) => told(streamArn(identifier, "", scope)));
};

const everyGroup: ResourceRule = (_input, { scope }) => [told(logStreamArn("", "", scope))];

const tags: ResourceRule = (input, { scope }) => {
  const named = textAt(input, "resourceArn") ?? textAt(input, "logGroupName");
  return [named === undefined ? ANYTHING : told(groupArn(named, scope))];
};

export const logRules: Readonly<Record<LogOperationName, ResourceRule>> = {
  "Logs_20140328.CreateLogGroup": group,
  "Logs_20140328.CreateLogStream": group,
  "Logs_20140328.DeleteLogGroup": group,
  "Logs_20140328.DeleteLogStream": group,
  "Logs_20140328.DeleteRetentionPolicy": group,
  "Logs_20140328.DescribeLogGroups": everyGroup,
  "Logs_20140328.DescribeLogStreams": group,
  "Logs_20140328.FilterLogEvents": group,
  "Logs_20140328.GetLogEvents": group,
  "Logs_20140328.ListLogGroups": everyGroup,
  "Logs_20140328.ListTagsForResource": tags,
  "Logs_20140328.ListTagsLogGroup": tags,
  "Logs_20140328.PutLogEvents": group,
  "Logs_20140328.PutRetentionPolicy": group,
  "Logs_20140328.StartLiveTail": groups,
  "Logs_20140328.TestMetricFilter": anything,
};
