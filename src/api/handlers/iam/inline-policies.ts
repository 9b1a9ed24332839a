/** Policies that belong to one user or role. */
import type { IdentityType, OperationName } from "../../../contract/index.ts";
import { policySizeMax } from "../../../domain/policy/policy-document.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { pageOf } from "../../paging.ts";
import {
  assertPolicy,
  assertPolicySize,
  changeIdentity,
  findIdentity,
  type IdentityKind,
  notFound,
} from "../../resources/identity.ts";
import { documentToWire } from "../../wire/identity-to-wire.ts";
import { readIamPage } from "./paging.ts";

interface Owner {
  readonly kind: IdentityKind;
  readonly name: string;
}
const aUser = (name: string): Owner => ({ kind: "user", name });
const aRole = (name: string): Owner => ({ kind: "role", name });

export const putUserPolicy: Handler<"AWSIdentityManagementV20100508.PutUserPolicy"> = (input, context) =>
  put(aUser(input.UserName), input, context);
export const putRolePolicy: Handler<"AWSIdentityManagementV20100508.PutRolePolicy"> = (input, context) =>
  put(aRole(input.RoleName), input, context);

interface Given {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

async function put(owner: Owner, given: Given, { store }: HandlerContext): Promise<object> {
  const { PolicyName, PolicyDocument } = given;
  assertPolicy(PolicyDocument);
  await changeIdentity(owner, store, async (present) => {
    const inlinePolicies = { ...present.inlinePolicies, [PolicyName]: PolicyDocument };
    const limit = owner.kind === "user" ? policySizeMax.ofUser : policySizeMax.ofRole;
    assertPolicySize(Object.values(inlinePolicies), limit, `${owner.kind} ${owner.name}`);
    return { inlinePolicies };
  });
  return {};
}

export const getUserPolicy: Handler<"AWSIdentityManagementV20100508.GetUserPolicy"> = async (
  input,
  context,
) => ({
  UserName: input.UserName,
  ...(await get(aUser(input.UserName), input.PolicyName, context)),
});
export const getRolePolicy: Handler<"AWSIdentityManagementV20100508.GetRolePolicy"> = async (
  input,
  context,
) => ({
  RoleName: input.RoleName,
  ...(await get(aRole(input.RoleName), input.PolicyName, context)),
});

async function get({ kind, name }: Owner, policyName: string, { store }: HandlerContext) {
  const { inlinePolicies } = await findIdentity(kind, name, store);
  const document = Object.hasOwn(inlinePolicies, policyName) ? inlinePolicies[policyName] : undefined;
  if (document === undefined) return noPolicy(kind, policyName);
  return { PolicyName: policyName, PolicyDocument: documentToWire(document) };
}

export const deleteUserPolicy: Handler<"AWSIdentityManagementV20100508.DeleteUserPolicy"> = (
  input,
  context,
) => remove(aUser(input.UserName), input.PolicyName, context);
export const deleteRolePolicy: Handler<"AWSIdentityManagementV20100508.DeleteRolePolicy"> = (
  input,
  context,
) => remove(aRole(input.RoleName), input.PolicyName, context);

async function remove(owner: Owner, policyName: string, { store }: HandlerContext): Promise<object> {
  await changeIdentity(owner, store, async ({ inlinePolicies: present }) => {
    if (!Object.hasOwn(present, policyName)) return noPolicy(owner.kind, policyName);
    const { [policyName]: _gone, ...inlinePolicies } = present;
    return { inlinePolicies };
  });
  return {};
}

export const listUserPolicies: Handler<"AWSIdentityManagementV20100508.ListUserPolicies"> = (
  input,
  context,
) =>
  list(
    aUser(input.UserName),
    { operation: "AWSIdentityManagementV20100508.ListUserPolicies", input },
    context,
  );
export const listRolePolicies: Handler<"AWSIdentityManagementV20100508.ListRolePolicies"> = (
  input,
  context,
) =>
  list(
    aRole(input.RoleName),
    { operation: "AWSIdentityManagementV20100508.ListRolePolicies", input },
    context,
  );

async function list(
  { kind, name }: Owner,
  call: { readonly operation: OperationName; readonly input: object },
  context: HandlerContext,
): Promise<IdentityType<"IamPolicyNamesOutput">> {
  const { inlinePolicies } = await findIdentity(kind, name, context.store);
  const names = Object.keys(inlinePolicies).toSorted();
  const { rows, cut } = await readIamPage(
    call,
    context,
    pageOf(names, (one) => one),
  );
  return { PolicyNames: rows, ...cut };
}

function noPolicy(kind: IdentityKind, policyName: string): never {
  return notFound(`The ${kind} policy with name ${policyName}`);
}
