/** KMS API: the policy that every key has, and that its material stays. Terraform reads both. */
import { SlipwayError } from "../../../domain/error.ts";
import type { Handler } from "../../handler.ts";
import { assertStays, findKeyItself } from "../../resources/encryption-key.ts";

const NAME = "default";

export const getKeyPolicy: Handler<"TrentService.GetKeyPolicy"> = async (input, { store, scope }) => {
  await findKeyItself(input.KeyId, store, { scope });
  if ((input.PolicyName ?? NAME) !== NAME) throw new SlipwayError("KeyPolicyNotFound");
  return { Policy: defaultPolicy(scope.account), PolicyName: NAME };
};

export const listKeyPolicies: Handler<"TrentService.ListKeyPolicies"> = async (input, { store, scope }) => {
  await findKeyItself(input.KeyId, store, { scope });
  return { PolicyNames: [NAME], Truncated: false };
};

export const getKeyRotationStatus: Handler<"TrentService.GetKeyRotationStatus"> = async (
  input,
  { store, scope },
) => {
  const key = await findKeyItself(input.KeyId, store, { scope });
  assertStays(key);
  return { KeyId: key.arn, KeyRotationEnabled: false };
};

/** [AWS] It leaves all to the policies of users and roles. */
function defaultPolicy(account: string): string {
  const statement = {
    Sid: "Enable IAM User Permissions",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "kms:*",
    Resource: "*",
  };
  return JSON.stringify({ Version: "2012-10-17", Id: "key-default-1", Statement: [statement] }, null, 2);
}
