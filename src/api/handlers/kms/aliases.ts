/** KMS API: other names of keys. */
import { keyAliasArn, type KeyAlias, keyIdOf } from "../../../domain/encryption-key.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { Tables } from "../../../ports/store.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { filtered } from "../../paging.ts";
import { aliasesOf, assertStays, findKeyItself } from "../../resources/encryption-key.ts";
import { toDate } from "../../wire/time.ts";
import { readKmsPage } from "./paging.ts";

const ALIASES_PER_PAGE = 50;
const RESERVED = "alias/aws/";

export const createAlias: Handler<"TrentService.CreateAlias"> = async (input, context) => {
  const { store, scope, clock } = context;
  const { AliasName: name, TargetKeyId } = input;
  if (name.startsWith(RESERVED)) throw new SlipwayError("KeyAliasReserved");
  const arn = keyAliasArn(scope, name);
  return store.transaction(async (tx) => {
    if ((await tx.keyAliases.get(arn)) !== null) throw new SlipwayError("KeyAliasExists", { arn });
    const keyArn = await roomyKey(TargetKeyId, tx, context);
    const nowMs = clock.now();
    const dates = { createdAtMs: nowMs, changedAtMs: nowMs };
    await tx.keyAliases.save({ arn, name, status: "ACTIVE", keyArn, ...dates });
    return {};
  });
};

export const updateAlias: Handler<"TrentService.UpdateAlias"> = async (input, context) => {
  const { store, clock } = context;
  return store.transaction(async (tx) => {
    const alias = await findAlias(input.AliasName, tx, context);
    const keyArn = await roomyKey(input.TargetKeyId, tx, context);
    await tx.keyAliases.save({ ...alias, keyArn, changedAtMs: clock.now() });
    return {};
  });
};

export const deleteAlias: Handler<"TrentService.DeleteAlias"> = async (input, context) =>
  context.store.transaction(async (tx) => {
    await tx.keyAliases.remove((await findAlias(input.AliasName, tx, context)).arn);
    return {};
  });

/** By name. */
export const listAliases: Handler<"TrentService.ListAliases"> = async (input, context) => {
  const { store, scope } = context;
  const wanted = input.KeyId === undefined ? null : (await findKeyItself(input.KeyId, store, { scope })).arn;
  const { rows, cut } = await readKmsPage(
    { operation: "TrentService.ListAliases", input, limit: ALIASES_PER_PAGE },
    context,
    filtered(
      (page) => store.keyAliases.list(page),
      ({ keyArn }) => wanted === null || keyArn === wanted,
    ),
  );
  return { Aliases: rows.map(toWire), ...cut };
};

async function findAlias(
  name: string,
  { keyAliases }: Tables,
  { scope }: Pick<HandlerContext, "scope">,
): Promise<KeyAlias> {
  const arn = keyAliasArn(scope, name);
  const alias = await keyAliases.get(arn);
  if (alias === null) throw new SlipwayError("KeyAliasNotFound", { arn });
  return alias;
}

/** The ARN of a key that may get one more. */
async function roomyKey(
  keyId: string,
  tx: Tables,
  { scope, quotas }: Pick<HandlerContext, "scope" | "quotas">,
): Promise<string> {
  const key = await findKeyItself(keyId, tx, { scope });
  assertStays(key);
  if ((await aliasesOf(key.arn, tx)).length < quotas.aliasesPerKey) return key.arn;
  throw new SlipwayError("KeyLimitReached", { what: `aliases of one key (${quotas.aliasesPerKey})` });
}

function toWire({ name, arn, keyArn, createdAtMs, changedAtMs }: KeyAlias) {
  return {
    AliasName: name,
    AliasArn: arn,
    TargetKeyId: keyIdOf(keyArn),
    CreationDate: toDate(createdAtMs),
    LastUpdatedDate: toDate(changedAtMs),
  };
}
