import type { Handler } from "../../handler.ts";
import { pageOf, readPage } from "../../paging.ts";
import { findSecret, secretNames } from "../../resources/secret.ts";

/** Secrets Manager API, ListSecretVersionIds: oldest first; with IncludeDeprecated those without a stage too. */
export const listSecretVersionIds: Handler<"secretsmanager.ListSecretVersionIds"> = async (
  input,
  context,
) => {
  const secret = await findSecret(input.SecretId, context.store, context);
  const versions = secret.versions.filter(
    ({ stages }) => input.IncludeDeprecated === true || stages.length > 0,
  );
  const page = await readPage(
    { operation: "secretsmanager.ListSecretVersionIds", input },
    context,
    pageOf(versions, ({ id }) => id),
  );
  const entries = page.rows.map(({ id, stages, createdAtMs }) => ({
    VersionId: id,
    VersionStages: stages,
    CreatedDate: new Date(createdAtMs),
  }));
  return { ...secretNames(secret), Versions: entries, ...page.nextToken };
};
