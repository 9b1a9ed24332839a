import type { Handler } from "../../handler.ts";
import { findSecret, secretNames } from "../../resources/secret.ts";

/** Secrets Manager API, RestoreSecret: takes a deletion back. */
export const restoreSecret: Handler<"secretsmanager.RestoreSecret"> = async (input, context) =>
  context.store.transaction(async (tx) => {
    const secret = await findSecret(input.SecretId, tx, context);
    await tx.secrets.save({ ...secret, deletion: null });
    return secretNames(secret);
  });
