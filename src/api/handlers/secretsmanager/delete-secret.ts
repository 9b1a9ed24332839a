import { isSlipwayError } from "../../../domain/error.ts";
import { assertUsable, parseSecretId, type Secret, withDeletion } from "../../../domain/stored-secret.ts";
import type { Tables } from "../../../ports/store.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { findSecret, forgetSecret, invalidSecret, secretNames } from "../../resources/secret.ts";

const RECOVERY_DAYS = 30;

/** Secrets Manager API, DeleteSecret: after some days in which it can be restored, or at once. */
export const deleteSecret: Handler<"secretsmanager.DeleteSecret"> = async (input, context) => {
  const { SecretId: id, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: isForced = false } = input;
  if (isForced && days !== undefined) {
    throw invalidSecret("RecoveryWindowInDays", "it does not go with ForceDeleteWithoutRecovery");
  }
  const nowMs = context.clock.now();
  return context.store.transaction(async (tx) => {
    if (isForced) return { ...(await deleteNow(id, tx, context)), DeletionDate: new Date(nowMs) };
    const present = await findSecret(id, tx, context);
    assertUsable(present);
    const secret = withDeletion(present, days ?? RECOVERY_DAYS, nowMs);
    await tx.secrets.save(secret);
    return { ...secretNames(secret), DeletionDate: new Date(secret.deletion?.atMs ?? nowMs) };
  });
};

/** As with AWS a secret that is not there is no mistake. */
async function deleteNow(id: string, tx: Tables, context: HandlerContext) {
  const secret = await findOrNull(id, tx, context);
  if (secret === null) {
    const { region, account } = context.scope;
    const arn = id.startsWith("arn:") ? id : `arn:aws:secretsmanager:${region}:${account}:secret:${id}`;
    return { ARN: arn, Name: parseSecretId(id, context.scope)?.name ?? id };
  }
  await forgetSecret(secret, tx);
  return secretNames(secret);
}

async function findOrNull(id: string, tx: Tables, context: HandlerContext): Promise<Secret | null> {
  try {
    return await findSecret(id, tx, context);
  } catch (error) {
    if (isSlipwayError(error, "SecretNotFound")) return null;
    throw error;
  }
}
