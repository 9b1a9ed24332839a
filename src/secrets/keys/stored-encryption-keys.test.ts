import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type EncryptionKey, encryptionKeyArn, KEY_MATERIAL } from "../../domain/encryption-key.ts";
import { KeyUnavailable } from "../../ports/encryption-keys.ts";
import { aService } from "../../ports/store.contract.ts";
import type { Store } from "../../ports/store.ts";
import { SealBroken } from "../../ports/vault.ts";
import { openSqliteStore } from "../../store/sqlite-store.ts";
import { SealedVault } from "../sealed-vault.ts";
import { purgeKeysOnce } from "./key-purge.ts";
import { StoredEncryptionKeys } from "./stored-encryption-keys.ts";

const scope = { region: "us-east-1", account: "000000000000" };
const DAY_MS = 86_400_000;
let store: Store;
let vault: SealedVault;
let keys: StoredEncryptionKeys;

beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:" });
  vault = new SealedVault(randomBytes(32));
  keys = new StoredEncryptionKeys({ store, vault });
});
afterEach(() => store.close());

async function aKey(change: Partial<EncryptionKey> = {}): Promise<EncryptionKey> {
  const name = randomUUID();
  const key: EncryptionKey = {
    arn: encryptionKeyArn(scope, name),
    name,
    status: "ENABLED",
    description: "",
    createdAtMs: 1,
    deleteAtMs: null,
    tags: [],
    ...change,
  };
  await store.encryptionKeys.save(key);
  await store.sealedValues.save(key.arn, KEY_MATERIAL, keys.newMaterial(key.arn));
  return key;
}

const purge = (nowMs: number) =>
  purgeKeysOnce({ store, keys, clock: { now: () => nowMs, sleep: () => Promise.resolve() } });

it("opens a data key that it made, also after the master key was rotated", async () => {
  const { arn } = await aKey();
  const { plaintext, wrapped } = await keys.newDataKey(arn, "logs of web");
  expect(plaintext).toHaveLength(32);
  expect(wrapped).not.toContain(plaintext.toString("base64url"));
  vault.add(randomBytes(32));
  expect(await keys.openDataKey(arn, wrapped, "logs of web")).toEqual(plaintext);
});

it("refuses a data key of another context, of another key, and one that was changed", async () => {
  const [one, two] = [await aKey(), await aKey()];
  const { wrapped } = await keys.newDataKey(one.arn, "logs of web");
  await expect(keys.openDataKey(one.arn, wrapped, "logs of api")).rejects.toThrow(SealBroken);
  await expect(keys.openDataKey(two.arn, wrapped, "logs of web")).rejects.toThrow(SealBroken);
  const last = wrapped.endsWith("AAAA") ? "BBBB" : "AAAA";
  const changed = `${wrapped.slice(0, -4)}${last}`;
  await expect(keys.openDataKey(one.arn, changed, "logs of web")).rejects.toThrow(SealBroken);
  await expect(keys.openDataKey(one.arn, "nothing", "logs of web")).rejects.toThrow(SealBroken);
});

it("says which key cannot be used, and why", async () => {
  const disabled = await aKey({ status: "DISABLED" });
  const leaving = await aKey({ status: "PENDING_DELETION", deleteAtMs: DAY_MS });
  const unknown = encryptionKeyArn(scope, randomUUID());
  for (const [arn, reason] of [
    [disabled.arn, "disabled"],
    [leaving.arn, "pending deletion"],
    [unknown, "unknown"],
  ] as const) {
    for (const attempt of [keys.newDataKey(arn, "logs"), keys.assertUsable(arn)]) {
      const error: unknown = await attempt.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KeyUnavailable);
      expect(error).toMatchObject({ keyArn: arn, reason, message: expect.stringContaining(arn) });
    }
  }
});

it("erases the material when the day has come, not before, and tells of it", async () => {
  const told: string[] = [];
  keys.onChange((arn) => told.push(arn));
  const key = await aKey();
  const { wrapped } = await keys.newDataKey(key.arn, "logs");
  await store.encryptionKeys.save({ ...key, status: "PENDING_DELETION", deleteAtMs: 7 * DAY_MS });
  const alias = {
    name: "alias/mine",
    keyArn: key.arn,
    status: "ACTIVE",
    createdAtMs: 1,
    changedAtMs: 1,
  } as const;
  await store.keyAliases.save({ ...alias, arn: "arn:aws:kms:us-east-1:000000000000:alias/mine" });
  const [user, other] = [aService({ name: "web", encryptionKeyArn: key.arn }), aService({ name: "api" })];
  for (const service of [user, other]) await store.services.save(service);
  await purge(7 * DAY_MS - 1);
  expect(await store.sealedValues.get(key.arn, KEY_MATERIAL)).not.toBeNull();
  expect(told).toEqual([]);
  await purge(7 * DAY_MS);
  expect(await store.sealedValues.get(key.arn, KEY_MATERIAL)).toBeNull();
  expect(await store.keyAliases.findByName("alias/mine")).toBeNull();
  expect(told).toEqual([key.arn]);
  const { rows } = await store.events.list({}, { after: null, limit: 10 });
  expect(rows.map(({ event }) => event)).toMatchObject([
    { serviceId: user.id, severity: "ERROR", detail: { warning: "deleted" } },
  ]);
  await expect(keys.openDataKey(key.arn, wrapped, "logs")).rejects.toMatchObject({ reason: "deleted" });
});

it("never deletes a key whose deletion nobody asked for", async () => {
  const key = await aKey({ status: "DISABLED", deleteAtMs: 1 });
  await purge(DAY_MS);
  expect(await store.encryptionKeys.get(key.arn)).toEqual(key);
});
