import { newIdentityId } from "../../../domain/access-key.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { User } from "../../../domain/identity.ts";
import { userArn } from "../../../domain/identity-arn.ts";
import type { Tables } from "../../../ports/store.ts";
import type { Handler } from "../../handler.ts";
import { filtered } from "../../paging.ts";
import { findUser, IDENTITY_LIMITS, ownUser, refuseBoundary } from "../../resources/identity.ts";
import { userToWire } from "../../wire/identity-to-wire.ts";
import { bytesOf } from "./identity-bytes.ts";
import { assertIdentityTags, tagsOf } from "./identity-tags.ts";
import { hasPrefix, readIamPage } from "./paging.ts";

export const createUser: Handler<"AWSIdentityManagementV20100508.CreateUser"> = async (input, context) => {
  refuseBoundary(input.PermissionsBoundary);
  const { UserName: name, Path: path = "/" } = input;
  const tags = tagsOf(input.Tags);
  assertIdentityTags(tags, []);
  const user: User = {
    arn: userArn(context.scope, { path, name }),
    name,
    path,
    id: newIdentityId("AIDA", bytesOf(context.ids)),
    createdAtMs: context.clock.now(),
    inlinePolicies: {},
    attachedPolicyArns: [],
    status: "ACTIVE",
    login: null,
  };
  await context.store.transaction(async (tx) => {
    await assertNameFree({ name, ofArn: null }, tx);
    const limit = IDENTITY_LIMITS.users;
    if ((await tx.users.count()) >= limit) {
      throw new SlipwayError("IdentityLimitReached", { what: "UsersPerAccount", limit });
    }
    await tx.users.save(user);
    await tx.tags.put(user.arn, tags);
  });
  return { User: userToWire(user, tags) };
};

export const getUser: Handler<"AWSIdentityManagementV20100508.GetUser"> = async (
  { UserName },
  { store, scope },
  caller,
) => {
  if (UserName === undefined && caller.kind === "root") return { User: rootUser(caller.arn, scope.account) };
  const user = await ownUser(UserName, caller, store);
  return { User: userToWire(user, await store.tags.list(user.arn)) };
};

export const listUsers: Handler<"AWSIdentityManagementV20100508.ListUsers"> = async (input, context) => {
  const { rows, cut } = await readIamPage(
    { operation: "AWSIdentityManagementV20100508.ListUsers", input },
    context,
    filtered((page) => context.store.users.list(page), hasPrefix(input.PathPrefix)),
  );
  return { Users: rows.map((user) => userToWire(user)), ...cut };
};

/** Another name or path is another ARN: keys and tags go with it. */
export const updateUser: Handler<"AWSIdentityManagementV20100508.UpdateUser"> = async (
  input,
  { store, scope },
) => {
  await store.transaction(async (tx) => {
    const user = await findUser(input.UserName, tx);
    const name = input.NewUserName ?? user.name;
    const path = input.NewPath ?? user.path;
    const moved: User = { ...user, name, path, arn: userArn(scope, { name, path }) };
    if (name !== user.name) await assertNameFree({ name, ofArn: user.arn }, tx);
    if (moved.arn === user.arn) return;
    const tags = await tx.tags.list(user.arn);
    await tx.tags.removeAll(user.arn);
    await tx.users.remove(user.arn);
    await tx.users.save(moved);
    await tx.tags.put(moved.arn, tags);
    for (const key of await tx.accessKeys.listOf(user.arn)) {
      await tx.accessKeys.save({ ...key, principalArn: moved.arn });
    }
  });
  return {};
};

/** As IAM: what belongs to the user goes first, so that nothing is lost by mistake. */
export const deleteUser: Handler<"AWSIdentityManagementV20100508.DeleteUser"> = async (
  { UserName },
  { store },
) => {
  await store.transaction(async (tx) => {
    const user = await findUser(UserName, tx);
    const problem = await whatIsLeft(user, tx);
    if (problem !== null) throw new SlipwayError("DeleteConflict", { problem });
    await tx.users.remove(user.arn);
    await tx.tags.removeAll(user.arn);
  });
  return {};
};

async function whatIsLeft(user: User, tx: Tables): Promise<string | null> {
  if ((await tx.accessKeys.listOf(user.arn)).length > 0) {
    return "Cannot delete entity, must delete access keys first";
  }
  if (user.login !== null) return "Cannot delete entity, must delete login profile first";
  if (Object.keys(user.inlinePolicies).length > 0) return "Cannot delete entity, must delete policies first";
  return user.attachedPolicyArns.length > 0 ? "Cannot delete entity, must detach all policies first" : null;
}

/** As IAM: names are told apart without regard to case. A user may take its own in another. */
async function assertNameFree(
  { name, ofArn }: { readonly name: string; readonly ofArn: string | null },
  { users }: Pick<Tables, "users">,
): Promise<void> {
  if (!(await users.isNameTaken(name, ofArn))) return;
  throw new SlipwayError("IdentityExists", { what: `User with name ${name}` });
}

/** Root is no user; who asks without a name is told of themselves all the same. */
function rootUser(arn: string, account: string) {
  return { Path: "/", UserName: "root", UserId: account, Arn: arn, CreateDate: new Date(0) };
}
