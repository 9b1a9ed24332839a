/** Managed policies of users and roles. */
import type { IdentityType, OperationName } from "../../../contract/index.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { nameOfArn } from "../../../domain/identity-arn.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { pageOf } from "../../paging.ts";
import {
  changeIdentity,
  findIdentity,
  IDENTITY_LIMITS,
  type IdentityKind,
} from "../../resources/identity.ts";
import { lookUpPolicy } from "../../resources/managed-policy.ts";
import { hasPrefix, type PagedInput, readIamPage } from "./paging.ts";

interface Owner {
  readonly kind: IdentityKind;
  readonly name: string;
}

export const attachUserPolicy: Handler<"AWSIdentityManagementV20100508.AttachUserPolicy"> = (
  input,
  context,
) => attach({ kind: "user", name: input.UserName }, input.PolicyArn, context);
export const attachRolePolicy: Handler<"AWSIdentityManagementV20100508.AttachRolePolicy"> = (
  input,
  context,
) => attach({ kind: "role", name: input.RoleName }, input.PolicyArn, context);

/** Attaching what is attached changes nothing. */
async function attach(owner: Owner, arn: string, { store }: HandlerContext): Promise<object> {
  await changeIdentity(owner, store, async ({ attachedPolicyArns: present }, tx) => {
    if ((await lookUpPolicy(arn, tx)) === null) throw new SlipwayError("PolicyNotAttachable", { arn });
    if (present.includes(arn)) return {};
    const limit = IDENTITY_LIMITS.policiesPerIdentity;
    if (present.length >= limit) {
      const what = owner.kind === "user" ? "PoliciesPerUser" : "PoliciesPerRole";
      throw new SlipwayError("IdentityLimitReached", { what, limit });
    }
    return { attachedPolicyArns: [...present, arn] };
  });
  return {};
}

export const detachUserPolicy: Handler<"AWSIdentityManagementV20100508.DetachUserPolicy"> = (
  input,
  context,
) => detach({ kind: "user", name: input.UserName }, input.PolicyArn, context);
export const detachRolePolicy: Handler<"AWSIdentityManagementV20100508.DetachRolePolicy"> = (
  input,
  context,
) => detach({ kind: "role", name: input.RoleName }, input.PolicyArn, context);

async function detach(owner: Owner, arn: string, { store }: HandlerContext): Promise<object> {
  await changeIdentity(owner, store, async ({ attachedPolicyArns: present }) => {
    if (!present.includes(arn)) throw new SlipwayError("PolicyNotFound", { arn });
    return { attachedPolicyArns: present.filter((one) => one !== arn) };
  });
  return {};
}

export const listAttachedUserPolicies: Handler<"AWSIdentityManagementV20100508.ListAttachedUserPolicies"> = (
  input,
  context,
) =>
  list(
    { kind: "user", name: input.UserName },
    { operation: "AWSIdentityManagementV20100508.ListAttachedUserPolicies", input },
    context,
  );
export const listAttachedRolePolicies: Handler<"AWSIdentityManagementV20100508.ListAttachedRolePolicies"> = (
  input,
  context,
) =>
  list(
    { kind: "role", name: input.RoleName },
    { operation: "AWSIdentityManagementV20100508.ListAttachedRolePolicies", input },
    context,
  );

interface Listing {
  readonly operation: OperationName;
  readonly input: PagedInput & { readonly PathPrefix?: string | undefined };
}

async function list(
  { kind, name }: Owner,
  call: Listing,
  context: HandlerContext,
): Promise<IdentityType<"IamAttachedPoliciesOutput">> {
  const { attachedPolicyArns } = await findIdentity(kind, name, context.store);
  const wanted = attachedPolicyArns.filter((arn) => hasPrefix(call.input.PathPrefix)({ path: pathOf(arn) }));
  const { rows, cut } = await readIamPage(
    call,
    context,
    pageOf(wanted, (arn) => arn),
  );
  return { AttachedPolicies: rows.map((arn) => ({ PolicyName: nameOfArn(arn), PolicyArn: arn })), ...cut };
}

/** `arn:aws:iam::<account>:policy/<path>/<name>`. */
function pathOf(arn: string): string {
  return arn.slice(arn.indexOf("/"), arn.lastIndexOf("/") + 1);
}
