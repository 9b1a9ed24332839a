import { assertUsable, CURRENT } from "../../../domain/stored-secret.ts";
import type { Handler } from "../../handler.ts";
import {
  addVersion,
  findSecret,
  refuseUnsupported,
  secretNames,
  valueFromWire,
} from "../../resources/secret.ts";

/** Secrets Manager API, UpdateSecret: the description, and with a value a new current version. */
export const updateSecret: Handler<"secretsmanager.UpdateSecret"> = async (input, context) => {
  refuseUnsupported(input);
  const value = valueFromWire(input);
  return context.store.transaction(async (tx) => {
    const present = await findSecret(input.SecretId, tx, context);
    assertUsable(present);
    const description = input.Description ?? present.description;
    const secret = { ...present, description, changedAtMs: context.clock.now() };
    if (input.Description !== undefined) await tx.secrets.save(secret);
    if (value === null) return secretNames(secret);
    const wish = { id: input.ClientRequestToken, value, stages: [CURRENT] };
    const { versionId } = await addVersion(secret, wish, { ...context, tables: tx });
    return { ...secretNames(secret), VersionId: versionId };
  });
};
