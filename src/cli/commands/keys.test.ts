import { expect, test } from "vitest";
import { Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";

const ID = "0d990263-018e-4e65-a703-eff731de951e";
const ARN = `arn:aws:kms:us-east-1:000000000000:key/${ID}`;
const key = {
  KeyId: ID,
  KeyArn: ARN,
  Description: "logs of the shop",
  Aliases: ["alias/shop"],
  KeyState: "Enabled",
  CreatedAt: 1,
  Services: [{ ServiceName: "web1", ServiceArn: "arn:web1" }],
};
const free = {
  ...key,
  KeyId: ID.replace("0d", "1d"),
  Aliases: [],
  Services: [],
  DeletionDate: 1_800_000_000,
};
const ListEncryptionKeys = () => ({ Keys: [key, { ...free, KeyState: "PendingDeletion" }] });

test("keys are listed with their state, their date of deletion and the services that use them", async () => {
  await using api = await startFakeApi({ ListEncryptionKeys });
  const { out } = await slipway(api, ["keys"]);
  expect(out).toMatch(/^shop +enabled +web1 +0d990263/m);
  expect(out).toMatch(/pending deletion +2027-01-15T08:00:00Z +1d990263/);
  const json = await slipway(api, ["keys", "ls", "--json"]);
  expect(JSON.parse(json.out)).toEqual(ListEncryptionKeys().Keys);
});

test("a key is made with an alias; its ARN is all that is printed", async () => {
  await using api = await startFakeApi({
    CreateKey: () => ({ KeyMetadata: { KeyId: ID, Arn: ARN } }),
    CreateAlias: () => ({}),
  });
  const { out, err } = await slipway(api, ["keys", "create", "--alias", "shop", "--description", "logs"]);
  expect(out.trim()).toBe(ARN);
  expect(err).toContain("--kms-key shop");
  expect(api.calls.map(({ input }) => input)).toEqual([
    { Description: "logs" },
    { AliasName: "alias/shop", TargetKeyId: ID },
  ]);
});

test("a key that did not get its alias is told, for it is there", async () => {
  await using api = await startFakeApi({
    CreateKey: () => ({ KeyMetadata: { KeyId: ID, Arn: ARN } }),
    CreateAlias: () => {
      throw new Refusal("AlreadyExistsException", "An alias with the name … already exists");
    },
  });
  const { err, exitCode } = await slipway(api, ["keys", "create", "--alias", "shop"]);
  expect([exitCode, err]).toEqual([1, expect.stringContaining(`The key ${ID} is made, but it did not get`)]);
  expect(err).toContain(`slipway keys alias ${ID} NAME`);
});

test("a key is found by its alias, its id and its ARN", async () => {
  for (const given of ["shop", "alias/shop", ID, ARN]) {
    await using api = await startFakeApi({ ListEncryptionKeys, EnableKey: () => ({}) });
    const { exitCode } = await slipway(api, ["keys", "enable", given]);
    expect([given, exitCode, api.callsOf("EnableKey")[0]?.input]).toEqual([given, 0, { KeyId: ID }]);
  }
  await using api = await startFakeApi({ ListEncryptionKeys });
  const { err, exitCode } = await slipway(api, ["keys", "show", "none"]);
  expect([exitCode, err]).toEqual([1, expect.stringContaining('There is no key "none".')]);
});

test("whoever disables a key is told which services use it", async () => {
  await using api = await startFakeApi({ ListEncryptionKeys, DisableKey: () => ({}) });
  const { err } = await slipway(api, ["keys", "disable", "shop"]);
  expect(err).toMatch(/Warning: these services use it and .*: web1/);
  expect(err).toContain("slipway keys enable shop");
});

test("a key that services use is deleted only after a yes", async () => {
  await using api = await startFakeApi({
    ListEncryptionKeys,
    ScheduleKeyDeletion: () => ({ KeyId: ARN, DeletionDate: 1_800_000_000, KeyState: "PendingDeletion" }),
  });
  const asked = await slipway(api, ["keys", "delete", "shop"]);
  expect([asked.exitCode, asked.err]).toEqual([2, expect.stringContaining("for good: web1")]);
  expect(api.callsOf("ScheduleKeyDeletion")).toEqual([]);
  const { err } = await slipway(api, ["keys", "delete", "shop", "--in-days", "7", "--yes"]);
  expect(err).toContain("deleted on 2027-01-15T08:00:00Z. Until then: slipway keys cancel-deletion shop");
  expect(api.callsOf("ScheduleKeyDeletion")[0]?.input).toEqual({ KeyId: ID, PendingWindowInDays: 7 });
});

test("days that KMS does not take are refused before anybody is asked", async () => {
  await using api = await startFakeApi({});
  for (const days of ["6", "31", "soon"]) {
    const { err, exitCode } = await slipway(api, ["keys", "delete", "shop", "--in-days", days]);
    expect([exitCode, err]).toEqual([2, expect.stringContaining("from 7 to 30")]);
  }
  expect(api.calls).toEqual([]);
});

test("an alias is made, moved and taken away", async () => {
  await using api = await startFakeApi({
    ListEncryptionKeys,
    CreateAlias: () => ({}),
    UpdateAlias: () => ({}),
    DeleteAlias: () => ({}),
  });
  await slipway(api, ["keys", "alias", "shop", "new"]);
  expect(api.callsOf("CreateAlias")[0]?.input).toEqual({ AliasName: "alias/new", TargetKeyId: ID });
  await slipway(api, ["keys", "alias", free.KeyId, "shop"]);
  expect(api.callsOf("UpdateAlias")[0]?.input).toEqual({ AliasName: "alias/shop", TargetKeyId: free.KeyId });
  await slipway(api, ["keys", "alias", ID, "shop", "--remove"]);
  expect(api.callsOf("DeleteAlias")[0]?.input).toEqual({ AliasName: "alias/shop" });
  const { exitCode } = await slipway(api, ["keys", "alias", free.KeyId, "shop", "--remove"]);
  expect(exitCode).toBe(1);
});
