/**
 * What calls of Secrets Manager and Parameter Store are about. A secret may be named by its name, or by its ARN without the
 * six characters; policies are held against the whole ARN, and a refusal tells what was given, so that nobody learns the six.
 */
import type { SecretOperationName } from "../../contract/index.ts";
import type { AccountScope } from "../../domain/arn.ts";
import { parameterArn } from "../../domain/parameter.ts";
import { parseSecretId } from "../../domain/stored-secret.ts";
import type { Store } from "../../ports/store.ts";
import {
  ANYTHING,
  anything,
  type AskedResource,
  eachNamed,
  named,
  type ResourceRule,
  textAt,
} from "./resource-rule.ts";

/** Stand for the characters of a secret that is not there: a policy for `name-??????` or `name-*` fits. */
const UNKNOWN_END = "-??????";
/** Parts of an ARN; what follows is the version of a parameter, which policies do not name. */
const ARN_PARTS = 6;

/** The secret of this name or ARN, as policies name it. */
export async function askedSecret(
  id: string,
  { scope, store }: { readonly scope: AccountScope; readonly store: Pick<Store, "secrets"> },
): Promise<AskedResource> {
  const wanted = parseSecretId(id, scope);
  if (wanted === null) return { arn: id, told: id };
  const whole = wanted.arn === null ? null : await store.secrets.get(wanted.arn);
  const found = whole ?? (await store.secrets.findByName(wanted.name));
  return { arn: found?.arn ?? wanted.arn ?? unknownSecret(id, scope), told: id };
}

export function askedParameter(reference: string, scope: AccountScope): string {
  const parts = reference.split(":");
  return reference.startsWith("arn:")
    ? parts.slice(0, ARN_PARTS).join(":")
    : parameterArn(scope, parts[0] ?? "");
}

function unknownSecret(name: string, { region, account }: AccountScope): string {
  return `arn:aws:secretsmanager:${region}:${account}:secret:${name}${UNKNOWN_END}`;
}

const secret: ResourceRule = async (input, context) => {
  const id = textAt(input, "SecretId");
  return [id === undefined ? ANYTHING : await askedSecret(id, context)];
};

const newSecret: ResourceRule = (input, { scope }) => {
  const name = textAt(input, "Name");
  return [name === undefined ? ANYTHING : { arn: unknownSecret(name, scope), told: name }];
};

const parameter = named("Name", askedParameter);
const parameters = eachNamed("Names", askedParameter);
const taggedParameter = named("ResourceId", askedParameter);

export const secretRules: Readonly<Record<SecretOperationName, ResourceRule>> = {
  "AmazonSSM.AddTagsToResource": taggedParameter,
  "AmazonSSM.DeleteParameter": parameter,
  "AmazonSSM.DeleteParameters": parameters,
  "AmazonSSM.DescribeParameters": anything,
  "AmazonSSM.GetParameter": parameter,
  "AmazonSSM.GetParameterHistory": parameter,
  "AmazonSSM.GetParameters": parameters,
  "AmazonSSM.GetParametersByPath": named("Path", askedParameter),
  "AmazonSSM.ListTagsForResource": taggedParameter,
  "AmazonSSM.PutParameter": parameter,
  "AmazonSSM.RemoveTagsFromResource": taggedParameter,
  "secretsmanager.CreateSecret": newSecret,
  "secretsmanager.DeleteSecret": secret,
  "secretsmanager.DescribeSecret": secret,
  "secretsmanager.GetResourcePolicy": secret,
  "secretsmanager.GetSecretValue": secret,
  "secretsmanager.ListSecretVersionIds": secret,
  "secretsmanager.ListSecrets": anything,
  "secretsmanager.PutSecretValue": secret,
  "secretsmanager.RestoreSecret": secret,
  "secretsmanager.TagResource": secret,
  "secretsmanager.UntagResource": secret,
  "secretsmanager.UpdateSecret": secret,
  "secretsmanager.UpdateSecretVersionStage": secret,
};
