import type { Handler } from "../../handler.ts";
import { logGroupArn, logGroupName } from "../../resources/log-group.ts";
import { ascending, pageByKey, readLogPage } from "../../resources/log-paging.ts";

/** CloudWatch Logs API, ListLogGroups: the pattern is parts of names, with `|` between them and `^` where a name begins so. */
export const listLogGroups: Handler<"Logs_20140328.ListLogGroups"> = async (input, context) => {
  const { scope } = context;
  const { logGroupClass = "STANDARD", accountIdentifiers: accounts = [] } = input;
  const isOurs = logGroupClass === "STANDARD" && (accounts.length === 0 || accounts.includes(scope.account));
  const names = isOurs ? (await context.logs.groups()).map(logGroupName) : [];
  const page = await readLogPage(
    { operation: "Logs_20140328.ListLogGroups", input },
    context,
    pageByKey(names.filter(nameTest(input.logGroupNamePattern)), {
      keyOf: (name) => name,
      compare: ascending,
    }),
  );
  const logGroups = page.rows.map((name) => ({
    logGroupName: name,
    logGroupArn: logGroupArn(name, scope),
    logGroupClass: "STANDARD" as const,
  }));
  return { logGroups, ...page.nextToken };
};

function nameTest(pattern: string | undefined): (name: string) => boolean {
  const parts = pattern?.split("|") ?? [""];
  return (name) =>
    parts.some((part) => (part.startsWith("^") ? name.startsWith(part.slice(1)) : name.includes(part)));
}
