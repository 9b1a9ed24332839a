/** Operation → handler, of Secrets Manager. */
import type { Handlers } from "../../handler.ts";
import { createSecret } from "./create-secret.ts";
import { deleteSecret } from "./delete-secret.ts";
import { describeSecret } from "./describe-secret.ts";
import { getResourcePolicy } from "./get-resource-policy.ts";
import { getSecretValue } from "./get-secret-value.ts";
import { listSecretVersionIds } from "./list-secret-version-ids.ts";
import { listSecrets } from "./list-secrets.ts";
import { putSecretValue } from "./put-secret-value.ts";
import { restoreSecret } from "./restore-secret.ts";
import { tagSecret } from "./tag-secret.ts";
import { untagSecret } from "./untag-secret.ts";
import { updateSecret } from "./update-secret.ts";
import { updateSecretVersionStage } from "./update-secret-version-stage.ts";

export const secretsManagerHandlers = {
  "secretsmanager.CreateSecret": createSecret,
  "secretsmanager.DeleteSecret": deleteSecret,
  "secretsmanager.DescribeSecret": describeSecret,
  "secretsmanager.GetResourcePolicy": getResourcePolicy,
  "secretsmanager.GetSecretValue": getSecretValue,
  "secretsmanager.ListSecretVersionIds": listSecretVersionIds,
  "secretsmanager.ListSecrets": listSecrets,
  "secretsmanager.PutSecretValue": putSecretValue,
  "secretsmanager.RestoreSecret": restoreSecret,
  "secretsmanager.TagResource": tagSecret,
  "secretsmanager.UntagResource": untagSecret,
  "secretsmanager.UpdateSecret": updateSecret,
  "secretsmanager.UpdateSecretVersionStage": updateSecretVersionStage,
} satisfies Partial<Handlers>;
