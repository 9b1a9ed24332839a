import type { IdentityType } from "../../../contract/index.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { nameOfArn, rootArn } from "../../../domain/identity-arn.ts";
import type { AccessKey, Tables } from "../../../ports/store.ts";
import type { Handler } from "../../handler.ts";
import { pageOf } from "../../paging.ts";
import { newAccessKey } from "../../resources/access-key.ts";
import { IDENTITY_LIMITS, keyOwner, notFound } from "../../resources/identity.ts";
import { toDate } from "../../wire/identity-to-wire.ts";
import { readIamPage } from "./paging.ts";

/** The secret is told here and never again. */
export const createAccessKey: Handler<"AWSIdentityManagementV20100508.CreateAccessKey"> = async (
  { UserName },
  { store, scope, vault, clock },
  caller,
) =>
  store.transaction(async (tx) => {
    const owner = await keyOwner(UserName, caller, tx, scope);
    const limit = IDENTITY_LIMITS.accessKeysPerUser;
    if ((await tx.accessKeys.listOf(owner.arn)).length >= limit) {
      throw new SlipwayError("IdentityLimitReached", { what: "AccessKeysPerUser", limit });
    }
    const { row, secret } = newAccessKey(owner.arn, { vault, nowMs: clock.now() });
    await tx.accessKeys.save(row);
    return {
      AccessKey: {
        UserName: owner.userName,
        AccessKeyId: row.id,
        Status: "Active",
        SecretAccessKey: secret,
        CreateDate: toDate(row.createdAtMs),
      },
    };
  });

export const listAccessKeys: Handler<"AWSIdentityManagementV20100508.ListAccessKeys"> = async (
  input,
  context,
  caller,
) => {
  const owner = await keyOwner(input.UserName, caller, context.store, context.scope);
  const keys = await context.store.accessKeys.listOf(owner.arn);
  const { rows, cut } = await readIamPage(
    { operation: "AWSIdentityManagementV20100508.ListAccessKeys", input },
    context,
    pageOf(keys, ({ id }) => id),
  );
  return { AccessKeyMetadata: rows.map((key) => keyToWire(key, owner.userName)), ...cut };
};

export const updateAccessKey: Handler<"AWSIdentityManagementV20100508.UpdateAccessKey"> = async (
  { UserName, AccessKeyId, Status },
  { store, scope },
  caller,
) => {
  await store.transaction(async (tx) => {
    const { arn } = await keyOwner(UserName, caller, tx, scope);
    const key = await findKey(AccessKeyId, arn, tx);
    await tx.accessKeys.save({ ...key, isActive: Status === "Active" });
  });
  return {};
};

export const deleteAccessKey: Handler<"AWSIdentityManagementV20100508.DeleteAccessKey"> = async (
  { UserName, AccessKeyId },
  { store, scope },
  caller,
) => {
  await store.transaction(async (tx) => {
    const { arn } = await keyOwner(UserName, caller, tx, scope);
    await tx.accessKeys.remove((await findKey(AccessKeyId, arn, tx)).id);
  });
  return {};
};

export const getAccessKeyLastUsed: Handler<"AWSIdentityManagementV20100508.GetAccessKeyLastUsed"> = async (
  { AccessKeyId },
  { store, scope },
) => {
  const key = (await store.accessKeys.get(AccessKeyId)) ?? notFound(`The Access Key with id ${AccessKeyId}`);
  const UserName = key.principalArn === rootArn(scope) ? "root" : nameOfArn(key.principalArn);
  const use = key.lastUsed;
  return {
    UserName,
    AccessKeyLastUsed:
      use === null
        ? { ServiceName: "N/A", Region: "N/A" }
        : { LastUsedDate: toDate(use.atMs), ServiceName: use.service, Region: use.region },
  };
};

async function findKey(id: string, ownerArn: string, { accessKeys }: Pick<Tables, "accessKeys">) {
  const key = await accessKeys.get(id);
  return key?.principalArn === ownerArn ? key : notFound(`The Access Key with id ${id}`);
}

function keyToWire(key: AccessKey, userName: string): IdentityType<"IamAccessKey"> {
  return {
    UserName: userName,
    AccessKeyId: key.id,
    Status: key.isActive ? "Active" : "Inactive",
    CreateDate: toDate(key.createdAtMs),
  };
}
