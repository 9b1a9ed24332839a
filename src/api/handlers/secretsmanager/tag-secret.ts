import { assertUsable } from "../../../domain/stored-secret.ts";
import type { Handler } from "../../handler.ts";
import { findSecret, secretTags } from "../../resources/secret.ts";

/** Secrets Manager API, TagResource: adds and overwrites. */
export const tagSecret: Handler<"secretsmanager.TagResource"> = async (input, context) =>
  context.store.transaction(async (tx) => {
    const secret = await findSecret(input.SecretId, tx, context);
    assertUsable(secret);
    const tags = secretTags(secret.tags, input.Tags, context);
    await tx.secrets.save({ ...secret, tags, changedAtMs: context.clock.now() });
    return {};
  });
