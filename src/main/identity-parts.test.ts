import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { KnownValues } from "../secrets/known-values.ts";
import { SealedVault } from "../secrets/sealed-vault.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { buildIdentityParts } from "./identity-parts.ts";

test("whoever asks for many temporary credentials pushes no secret out of what is hidden in the log", async () => {
  const store = await openSqliteStore({ path: ":memory:" });
  const known = new KnownValues();
  const vault = new SealedVault(randomBytes(32)).tellingOf(known);
  vault.seal("a secret", "canary-canary");
  const settings = { region: "us-east-1", account: "000000000000", stateDirectory: "/nonexistent" };
  const { issuer, credentials } = buildIdentityParts({ settings, store, vault });
  const role = { arn: "arn:aws:iam::000000000000:role/shop", id: "AROASHOPSHOPSHOPSHOPS", name: "shop" };
  for (let count = 0; count < 600; count += 1) {
    const issued = issuer.issueForRole(role, { sessionName: `s${count}`, durationSeconds: 900 });
    await credentials.find(issued.accessKeyId, issued.sessionToken);
  }
  expect(known.hide("it was canary-canary")).toBe("it was ***");
  await store.close();
});
