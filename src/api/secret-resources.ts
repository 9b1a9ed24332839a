/** What calls of Secrets Manager and Parameter Store are about, for the authorization. */
import type { SecretOperationName } from "../contract/index.ts";
import type { AccountScope } from "../domain/arn.ts";
import { parameterArn } from "../domain/parameter.ts";

/** The input member that names the resource; null where the call names several, or lists. */
export const SECRET_MEMBERS = {
  "AmazonSSM.AddTagsToResource": "ResourceId",
  "AmazonSSM.DeleteParameter": "Name",
  "AmazonSSM.DeleteParameters": null,
  "AmazonSSM.DescribeParameters": null,
  "AmazonSSM.GetParameter": "Name",
  "AmazonSSM.GetParameterHistory": "Name",
  "AmazonSSM.GetParameters": null,
  "AmazonSSM.GetParametersByPath": "Path",
  "AmazonSSM.ListTagsForResource": "ResourceId",
  "AmazonSSM.PutParameter": "Name",
  "AmazonSSM.RemoveTagsFromResource": "ResourceId",
  "secretsmanager.CreateSecret": "Name",
  "secretsmanager.DeleteSecret": "SecretId",
  "secretsmanager.DescribeSecret": "SecretId",
  "secretsmanager.GetResourcePolicy": "SecretId",
  "secretsmanager.GetSecretValue": "SecretId",
  "secretsmanager.ListSecretVersionIds": "SecretId",
  "secretsmanager.ListSecrets": null,
  "secretsmanager.PutSecretValue": "SecretId",
  "secretsmanager.RestoreSecret": "SecretId",
  "secretsmanager.TagResource": "SecretId",
  "secretsmanager.UntagResource": "SecretId",
  "secretsmanager.UpdateSecret": "SecretId",
  "secretsmanager.UpdateSecretVersionStage": "SecretId",
} as const satisfies Record<SecretOperationName, string | null>;

/** Parts of an ARN; what follows is the version of a parameter, which policies do not name. */
const ARN_PARTS = 6;

/** The ARN of what a member names; of a secret that is named by its name, without the six characters. */
export function secretResource(operation: SecretOperationName, value: string, scope: AccountScope): string {
  const isArn = value.startsWith("arn:");
  if (operation.startsWith("AmazonSSM.")) {
    const parts = value.split(":");
    return isArn ? parts.slice(0, ARN_PARTS).join(":") : parameterArn(scope, parts[0] ?? "");
  }
  if (isArn) return value;
  return `arn:aws:secretsmanager:${scope.region}:${scope.account}:secret:${value}`;
}

export function isSecretOperation(operation: string): operation is SecretOperationName {
  return Object.hasOwn(SECRET_MEMBERS, operation);
}
