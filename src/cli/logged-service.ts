/** A service whose logs are wanted: one that is there or, where there is none of that name, the last one that was. */
import type { LogsType } from "../contract/operations.ts";
import type { Client, Wire } from "./client.ts";
import { findService, resolveService, type ServiceReference } from "./service-reference.ts";

type LogGroup = Wire<LogsType<"DescribedLogGroup">>;

export async function resolveLoggedService(client: Client, nameOrArn: string): Promise<ServiceReference> {
  return (
    (await findService(client, nameOrArn)) ??
    (await findDeleted(client, nameOrArn)) ??
    resolveService(client, nameOrArn)
  );
}

async function findDeleted(client: Client, name: string): Promise<ServiceReference | null> {
  if (!/^[\w-]+$/.test(name)) return null;
  const groups: LogGroup[] = [];
  let token: string | undefined;
  do {
    const page = await client.call("Logs_20140328.DescribeLogGroups", {
      logGroupNamePrefix: `/aws/apprunner/${name}/`,
      ...(token === undefined ? {} : { nextToken: token }),
    });
    groups.push(...page.logGroups);
    token = page.nextToken;
  } while (token !== undefined);
  const [newest] = groups.sort((a, b) => (b.creationTime ?? 0) - (a.creationTime ?? 0));
  return newest === undefined ? null : serviceOf(newest, name);
}

function serviceOf({ logGroupName, logGroupArn = "" }: LogGroup, name: string): ServiceReference {
  const id = logGroupName.split("/")[4] ?? "";
  const [, partition, , region, account] = logGroupArn.split(":");
  return { arn: `arn:${partition}:apprunner:${region}:${account}:service/${name}/${id}`, name, id };
}
