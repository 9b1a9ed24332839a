import { assertUsable, withStageMoved } from "../../../domain/stored-secret.ts";
import type { Handler } from "../../handler.ts";
import { findSecret, secretNames } from "../../resources/secret.ts";

/** Secrets Manager API, UpdateSecretVersionStage: for instance back to the version before. */
export const updateSecretVersionStage: Handler<"secretsmanager.UpdateSecretVersionStage"> = async (
  input,
  context,
) =>
  context.store.transaction(async (tx) => {
    const present = await findSecret(input.SecretId, tx, context);
    assertUsable(present);
    const secret = withStageMoved(present, {
      stage: input.VersionStage,
      toId: input.MoveToVersionId,
      fromId: input.RemoveFromVersionId,
      nowMs: context.clock.now(),
    });
    await tx.secrets.save(secret);
    return secretNames(secret);
  });
