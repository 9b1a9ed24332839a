// The operations about the master key, over the real socket.
import { expect, test } from "vitest";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi } from "./testing/test-api.ts";

test("the vault's state is told, the key is rotated, and what keeps it from that is said", async () => {
  const slipway = await startTestApi();
  try {
    const before = await callOperation(slipway, "Slipway.GetVaultStatus", {});
    const state = { Origin: "file", MasterKeyId: "000000000001", DataKeys: 1, OldFiles: [] };
    expect(before).toEqual({ status: 200, body: state });
    const after = await callOperation(slipway, "Slipway.RotateMasterKey", {});
    expect(after.body).toMatchObject({ MasterKeyId: "000000000002", DataKeys: 2, RotatedAt: 1 });
    const refused = await callOperation(slipway, "Slipway.RotateMasterKey", {});
    expect(refused).toMatchObject({ status: 400, body: { Message: "No next key is named." } });
  } finally {
    await slipway.close();
  }
});
