/**
 * KMS API: keys enabled, disabled, and deleted after a time to think again. Whoever keeps opened data keys is told,
 * and so are the services that use it, with an event.
 */
import { type EncryptionKey, toKeyStatus } from "../../../domain/encryption-key.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { keyWarnings } from "../../../domain/key-event.ts";
import { liveServiceStatuses } from "../../../domain/service.ts";
import type { Tables } from "../../../ports/store.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { assertStays, findKeyItself, toWireState } from "../../resources/encryption-key.ts";
import { toOptionalDate } from "../../wire/time.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

export const enableKey: Handler<"TrentService.EnableKey"> = async ({ KeyId }, context) => {
  await changeKey(KeyId, context, (key) => {
    assertStays(key);
    return toKeyStatus(key, "ENABLED");
  });
  return {};
};

export const disableKey: Handler<"TrentService.DisableKey"> = async ({ KeyId }, context) => {
  await changeKey(KeyId, context, (key) => {
    assertStays(key);
    return toKeyStatus(key, "DISABLED");
  });
  return {};
};

export const scheduleKeyDeletion: Handler<"TrentService.ScheduleKeyDeletion"> = async (input, context) => {
  const days = input.PendingWindowInDays ?? DEFAULT_DAYS;
  const deleteAtMs = context.clock.now() + days * DAY_MS;
  const key = await changeKey(input.KeyId, context, (present) => {
    assertStays(present);
    return { ...toKeyStatus(present, "PENDING_DELETION"), deleteAtMs };
  });
  return {
    KeyId: key.arn,
    DeletionDate: toOptionalDate(key.deleteAtMs),
    KeyState: toWireState(key.status),
    PendingWindowInDays: days,
  };
};

/** It is disabled then, as with AWS. */
export const cancelKeyDeletion: Handler<"TrentService.CancelKeyDeletion"> = async ({ KeyId }, context) => {
  const nowMs = context.clock.now();
  const key = await changeKey(KeyId, context, (present) => {
    const { arn, status, deleteAtMs } = present;
    if (status !== "PENDING_DELETION") throw new SlipwayError("KeyNotPendingDeletion", { arn });
    // Its day has come: it is only not erased yet.
    if (deleteAtMs !== null && deleteAtMs <= nowMs) throw new SlipwayError("KeyNotFound", { arn });
    return { ...toKeyStatus(present, "DISABLED"), deleteAtMs: null };
  });
  return { KeyId: key.arn };
};

async function changeKey(
  keyId: string,
  { store, scope, clock, keyCiphers }: Pick<HandlerContext, "store" | "scope" | "clock" | "keyCiphers">,
  change: (present: EncryptionKey) => EncryptionKey,
): Promise<EncryptionKey> {
  const changed = await store.transaction(async (tx) => {
    const present = await findKeyItself(keyId, tx, { scope });
    const key = change(present);
    await tx.encryptionKeys.save(key);
    if (key.status !== present.status) await tellServices(key, tx, clock.now());
    return key;
  });
  keyCiphers.changed(changed.arn);
  return changed;
}

async function tellServices(key: EncryptionKey, tx: Tables, nowMs: number): Promise<void> {
  const services = await tx.services.listByStatus(liveServiceStatuses);
  for (const event of keyWarnings(services, key, nowMs)) await tx.events.append(event);
}
