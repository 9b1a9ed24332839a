/** Managed policies by name: people write `AWSAppRunnerReadOnlyAccess`, the API wants an ARN. */
import type { Client } from "./client.ts";
import { type CliFailure, usageFailure } from "./failure.ts";
import { listPolicies } from "./identity-pages.ts";
import { nearestWord } from "./nearest-word.ts";

/** ARNs of the policies; an own one counts before AWS's of the same name. Throws CliFailure for one that is not there. */
export async function resolvePolicies(client: Client, named: readonly string[]): Promise<readonly string[]> {
  if (named.every(isArn)) return named;
  const known = await listPolicies(client, "All");
  return named.map((name) => {
    if (isArn(name)) return name;
    const found = known.find(({ PolicyName }) => PolicyName === name)?.Arn;
    if (found !== undefined) return found;
    throw noSuchPolicy(
      name,
      known.flatMap(({ PolicyName }) => PolicyName ?? []),
    );
  });
}

function noSuchPolicy(name: string, known: readonly string[]): CliFailure {
  const nearest = nearestWord(
    name,
    known.map((one) => one.toLowerCase()),
  );
  const meant = known.find((one) => one.toLowerCase() === nearest);
  const hint = meant === undefined ? "See them: slipway policies --all" : `Did you mean ${meant}?`;
  return usageFailure(`There is no policy ${name}.`, hint);
}

function isArn(text: string): boolean {
  return text.startsWith("arn:");
}
