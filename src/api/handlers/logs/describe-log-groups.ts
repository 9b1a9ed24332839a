import type { LogGroup } from "../../../ports/service-log.ts";
import type { LogsType } from "../../../contract/index.ts";
import type { AccountScope } from "../../../domain/arn.ts";
import type { Handler } from "../../handler.ts";
import { invalidLogs, logGroupArn, logGroupName, nameInIdentifier } from "../../resources/log-group.ts";
import { ascending, pageByKey, readLogPage } from "../../resources/log-paging.ts";

type Input = Parameters<Handler<"Logs_20140328.DescribeLogGroups">>[0];

/** CloudWatch Logs API, DescribeLogGroups: in order of name. All groups are of the class STANDARD. */
export const describeLogGroups: Handler<"Logs_20140328.DescribeLogGroups"> = async (input, context) => {
  const isWanted = groupTest(input, context.scope);
  const groups = (await context.logs.groups()).filter((group) => isWanted(logGroupName(group)));
  const page = await readLogPage(
    { operation: "Logs_20140328.DescribeLogGroups", input },
    context,
    pageByKey(groups, { keyOf: logGroupName, compare: ascending }),
  );
  return { logGroups: page.rows.map((group) => toWire(group, context.scope)), ...page.nextToken };
};

function groupTest(input: Input, scope: AccountScope): (name: string) => boolean {
  const {
    logGroupNamePrefix: prefix,
    logGroupNamePattern: pattern,
    logGroupIdentifiers: identifiers,
    logGroupClass = "STANDARD",
  } = input;
  if ([prefix, pattern, identifiers].filter((one) => one !== undefined).length > 1) {
    throw invalidLogs(
      "logGroupNamePrefix",
      "only one may be given of logGroupNamePrefix, logGroupNamePattern and logGroupIdentifiers",
    );
  }
  if (logGroupClass !== "STANDARD" || isOthers(input, scope)) return () => false;
  if (identifiers !== undefined) {
    const names = new Set(identifiers.map((identifier) => nameInIdentifier(identifier, scope)));
    return (name) => names.has(name);
  }
  return (name) => name.startsWith(prefix ?? "") && name.includes(pattern ?? "");
}

function isOthers({ accountIdentifiers: accounts = [] }: Input, { account }: AccountScope): boolean {
  return accounts.length > 0 && !accounts.includes(account);
}

function toWire(group: LogGroup, scope: AccountScope): LogsType<"DescribedLogGroup"> {
  const name = logGroupName(group);
  const arn = logGroupArn(name, scope);
  return {
    logGroupName: name,
    creationTime: group.createdAtMs,
    retentionInDays: group.retentionDays ?? undefined,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes: group.storedBytes,
    logGroupClass: "STANDARD",
    logGroupArn: arn,
  };
}
