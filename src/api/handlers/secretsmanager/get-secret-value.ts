import { assertUsable, findVersion } from "../../../domain/stored-secret.ts";
import type { Handler } from "../../handler.ts";
import { findSecret, openVersion, secretNames, valueToWire } from "../../resources/secret.ts";

/** Secrets Manager API, GetSecretValue: of a version, of a stage, or the current one. */
export const getSecretValue: Handler<"secretsmanager.GetSecretValue"> = async (input, context) => {
  const { store, vault } = context;
  return store.transaction(async (tx) => {
    const secret = await findSecret(input.SecretId, tx, context);
    assertUsable(secret);
    const version = findVersion(secret, { versionId: input.VersionId, stage: input.VersionStage });
    const value = await openVersion(secret, version.id, { tables: tx, vault });
    return {
      ...secretNames(secret),
      ...valueToWire(value),
      VersionId: version.id,
      VersionStages: version.stages,
      CreatedDate: new Date(version.createdAtMs),
    };
  });
};
