import { assertUsable } from "../../../domain/stored-secret.ts";
import { withoutTags } from "../../../domain/tag.ts";
import type { Handler } from "../../handler.ts";
import { findSecret } from "../../resources/secret.ts";

/** Secrets Manager API, UntagResource. */
export const untagSecret: Handler<"secretsmanager.UntagResource"> = async (input, context) =>
  context.store.transaction(async (tx) => {
    const secret = await findSecret(input.SecretId, tx, context);
    assertUsable(secret);
    const tags = withoutTags(secret.tags, input.TagKeys);
    await tx.secrets.save({ ...secret, tags, changedAtMs: context.clock.now() });
    return {};
  });
