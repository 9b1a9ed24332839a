/** From what people type (a name or an ARN) to a service. Names are unique among services that are not deleted. */
import type { ServiceSummary } from "../contract/model.gen.ts";
import type { Client, Wire } from "./client.ts";
import { CliFailure } from "./failure.ts";
import { nearestWord } from "./nearest-word.ts";

export interface ServiceReference {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
}

export async function listServices(client: Client): Promise<readonly Wire<ServiceSummary>[]> {
  const services: Wire<ServiceSummary>[] = [];
  let token: string | undefined;
  do {
    const page = await client.call("AppRunner.ListServices", token === undefined ? {} : { NextToken: token });
    services.push(...page.ServiceSummaryList);
    token = page.NextToken;
  } while (token !== undefined);
  return services;
}

/** Null when no service has that name. An ARN is taken as it is: the API says when it names nothing. */
export async function findService(client: Client, nameOrArn: string): Promise<ServiceReference | null> {
  if (nameOrArn.startsWith("arn:")) return parseServiceArn(nameOrArn);
  const found = (await listServices(client)).find(({ ServiceName }) => ServiceName === nameOrArn);
  return found?.ServiceArn === undefined ? null : parseServiceArn(found.ServiceArn);
}

export async function resolveService(client: Client, nameOrArn: string): Promise<ServiceReference> {
  const service = await findService(client, nameOrArn);
  if (service !== null) return service;
  const names = (await listServices(client)).map(({ ServiceName }) => ServiceName ?? "");
  const nearest =
    nearestWord(nameOrArn, names) ??
    names.find((name) => name.toLowerCase().includes(nameOrArn.toLowerCase()));
  throw new CliFailure(`There is no service "${nameOrArn}".`, {
    hint: nearest === undefined ? "See `slipway ls`." : `Did you mean "${nearest}"? See \`slipway ls\`.`,
  });
}

function parseServiceArn(arn: string): ServiceReference {
  const [, name, id] = /^arn:[^:]+:apprunner:[^:]*:\d*:service\/([^/]+)\/([^/]+)$/.exec(arn) ?? [];
  if (name === undefined || id === undefined) {
    throw new CliFailure(`"${arn}" is not the ARN of a service.`, { hint: "See `slipway ls --json`." });
  }
  return { arn, name, id };
}
