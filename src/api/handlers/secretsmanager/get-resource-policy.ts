import type { Handler } from "../../handler.ts";
import { findSecret, secretNames } from "../../resources/secret.ts";

/** Secrets Manager API, GetResourcePolicy: there is none; Terraform asks whenever it looks at a secret. */
export const getResourcePolicy: Handler<"secretsmanager.GetResourcePolicy"> = async (input, context) =>
  secretNames(await findSecret(input.SecretId, context.store, context));
