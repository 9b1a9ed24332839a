import type { EncryptionKey } from "../../../domain/encryption-key.ts";
import type { Handler } from "../../handler.ts";
import { ALL_ROWS } from "../../paging.ts";
import { toWireState } from "../../resources/encryption-key.ts";
import { servicesWithKeys } from "../../resources/service-key.ts";
import { toDate, toOptionalDate } from "../../wire/time.ts";

const ALL = { after: null, limit: ALL_ROWS };

/** Ours: the quota keeps keys few, so there are no pages. */
export const listEncryptionKeys: Handler<"ListEncryptionKeys"> = async (_input, { store }) => {
  const keys = (await store.encryptionKeys.list(ALL)).rows;
  const aliases = Map.groupBy((await store.keyAliases.list(ALL)).rows, ({ keyArn }) => keyArn);
  const services = Map.groupBy(await servicesWithKeys(store), (service) => service.encryptionKeyArn);
  const toWire = (key: EncryptionKey) => ({
    KeyId: key.name,
    KeyArn: key.arn,
    Description: key.description,
    Aliases: (aliases.get(key.arn) ?? []).map(({ name }) => name),
    KeyState: toWireState(key.status),
    CreatedAt: toDate(key.createdAtMs),
    DeletionDate: toOptionalDate(key.deleteAtMs),
    Services: (services.get(key.arn) ?? []).map(({ name, arn }) => ({ ServiceName: name, ServiceArn: arn })),
  });
  return { Keys: keys.toSorted((one, other) => one.createdAtMs - other.createdAtMs).map(toWire) };
};
