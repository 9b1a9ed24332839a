import { assertUsable, CURRENT } from "../../../domain/stored-secret.ts";
import type { Handler } from "../../handler.ts";
import {
  addVersion,
  findSecret,
  invalidSecret,
  refuseUnsupported,
  secretNames,
  valueFromWire,
} from "../../resources/secret.ts";

/** Secrets Manager API, PutSecretValue: a new version, the current one unless other stages are named. */
export const putSecretValue: Handler<"secretsmanager.PutSecretValue"> = async (input, context) => {
  refuseUnsupported(input);
  const value = valueFromWire(input);
  if (value === null) throw invalidSecret("SecretString", "a new version needs a value");
  const stages = input.VersionStages ?? [CURRENT];
  if (stages.length === 0) throw invalidSecret("VersionStages", "it names no stage");
  return context.store.transaction(async (tx) => {
    const present = await findSecret(input.SecretId, tx, context);
    assertUsable(present);
    const wish = { id: input.ClientRequestToken, value, stages };
    const { secret, versionId } = await addVersion(present, wish, { ...context, tables: tx });
    const version = secret.versions.find(({ id }) => id === versionId);
    return { ...secretNames(secret), VersionId: versionId, VersionStages: version?.stages };
  });
};
