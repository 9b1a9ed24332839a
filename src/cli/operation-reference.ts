/** From what people type (an operation's id, or how it begins) to an operation. Ids are 32 hex digits; dashes are ignored. */
import type { OperationSummary } from "../contract/model.gen.ts";
import type { Client, Wire } from "./client.ts";
import { CliFailure } from "./failure.ts";
import type { ServiceReference } from "./service-reference.ts";

type Summary = Wire<OperationSummary>;

const MAX_CANDIDATES = 5;

/** The full id. An error lists what could have been meant. */
export async function resolveOperation(
  client: Client,
  service: ServiceReference,
  text: string,
): Promise<string> {
  const prefix = text.replaceAll("-", "").toLowerCase();
  const operations = await listOperations(client, service);
  const matches = operations.filter(({ Id }) => Id?.startsWith(prefix));
  const [only, ...others] = matches;
  if (only?.Id !== undefined && others.length === 0) return only.Id;
  if (only !== undefined) {
    throw new CliFailure(`"${text}" is the beginning of several operations: ${candidates(matches)}.`, {
      hint: "Type more of the id.",
    });
  }
  const known = operations.length === 0 ? "it has none" : `there are ${candidates(operations)}`;
  throw new CliFailure(`${service.name} has no operation "${text}"; ${known}.`, {
    hint: `See \`slipway ops ${service.name}\`.`,
  });
}

/** All pages, newest first. */
export async function listOperations(client: Client, service: ServiceReference): Promise<readonly Summary[]> {
  const operations: Summary[] = [];
  let token: string | undefined;
  do {
    const page = await client.call("AppRunner.ListOperations", {
      ServiceArn: service.arn,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    operations.push(...(page.OperationSummaryList ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return operations;
}

function candidates(operations: readonly Summary[]): string {
  const shown = operations.slice(0, MAX_CANDIDATES).map(({ Id, Type }) => `${Id} (${Type})`);
  const rest = operations.length - shown.length;
  return `${shown.join(", ")}${rest === 0 ? "" : ` and ${rest} more`}`;
}
