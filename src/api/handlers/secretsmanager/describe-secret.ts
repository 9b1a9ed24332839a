import type { Handler } from "../../handler.ts";
import { findSecret, secretFacts, stagesToWire } from "../../resources/secret.ts";

/** Secrets Manager API, DescribeSecret: all but the value; also of a secret that is marked for deletion. */
export const describeSecret: Handler<"secretsmanager.DescribeSecret"> = async (input, context) => {
  const secret = await findSecret(input.SecretId, context.store, context);
  const { deletion } = secret;
  return {
    ...secretFacts(secret),
    ...(deletion !== null && { DeletedDate: new Date(deletion.atMs) }),
    VersionIdsToStages: stagesToWire(secret),
  };
};
