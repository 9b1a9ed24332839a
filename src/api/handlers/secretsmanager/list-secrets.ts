import type { SecretType } from "../../../contract/index.ts";
import { isGone, type Secret } from "../../../domain/stored-secret.ts";
import type { Handler } from "../../handler.ts";
import { filtered, readPage } from "../../paging.ts";
import { invalidSecret, secretFacts, stagesToWire } from "../../resources/secret.ts";
import { assertFewFilters, matchesFilters } from "./secret-filter.ts";

/** Secrets Manager API, ListSecrets: in order of name. */
export const listSecrets: Handler<"secretsmanager.ListSecrets"> = async (input, context) => {
  const { Filters: filters = [], IncludePlannedDeletion: includesDeleted = false } = input;
  if (input.SortOrder === "desc" || (input.SortBy ?? "name") !== "name") {
    throw invalidSecret("SortBy", "secrets come in ascending order of name, and in no other");
  }
  assertFewFilters(filters);
  const nowMs = context.clock.now();
  const isWanted = (secret: Secret) =>
    !isGone(secret, nowMs) &&
    (includesDeleted || secret.deletion === null) &&
    matchesFilters(secret, filters);
  const page = await readPage(
    { operation: "secretsmanager.ListSecrets", input },
    context,
    filtered((request) => context.store.secrets.list(request), isWanted),
  );
  return { SecretList: page.rows.map(toEntry), ...page.nextToken };
};

function toEntry(secret: Secret): SecretType<"SecretEntry"> {
  const { deletion } = secret;
  return {
    ...secretFacts(secret),
    ...(deletion !== null && { DeletedDate: new Date(deletion.askedAtMs) }),
    SecretVersionsToStages: stagesToWire(secret),
  };
}
