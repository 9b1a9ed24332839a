import { expect, test } from "vitest";
import { NOW_MS, slipway, startFakeApi } from "../testing/fake-api.ts";

const state = {
  Origin: "file" as const,
  MasterKeyId: "0123456789ab",
  DataKeys: 2,
  OldFiles: ["/var/lib/slipway/master.key.old-1"],
};

test("the vault's state is told, and what became of old keys", async () => {
  await using api = await startFakeApi({
    GetVaultStatus: () => ({ ...state, RotatedAt: NOW_MS / 1000 - 7200 }),
  });
  const { out } = await slipway(api, ["vault"]);
  expect(out).toMatch(/^Master key +0123456789ab, from a file/m);
  expect(out).toMatch(/^Rotated +2h ago/m);
  expect(out).toMatch(/^Old key +.*old-1: remove it/m);
  expect(JSON.parse((await slipway(api, ["vault", "status", "--json"])).out)).toMatchObject({ DataKeys: 2 });
});

test("a rotation says what is left to do", async () => {
  const replies = [state, { ...state, Origin: "environment" as const, NextMasterKeyId: "ba9876543210" }];
  await using api = await startFakeApi({ RotateMasterKey: () => replies.shift() ?? state });
  expect((await slipway(api, ["vault", "rotate"])).err).toContain("Back it up");
  const second = await slipway(api, ["vault", "rotate"]);
  expect(second.out).toMatch(/^Next +ba9876543210 opens the vault too/m);
  expect(second.err).toContain("Make the next one the present one");
});
