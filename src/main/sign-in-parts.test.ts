import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { startIssuer } from "../identity/testing/open-id-issuer.ts";
import { KnownValues } from "../secrets/known-values.ts";
import { SealedVault } from "../secrets/sealed-vault.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { readSettings } from "./settings.ts";
import { buildSignInParts } from "./sign-in-parts.ts";

test("strangers who begin to sign in push no secret out of what is hidden in the log", async () => {
  const issuer = await startIssuer("http://127.0.0.1:7070/session/oidc/callback", {});
  const store = await openSqliteStore({ path: ":memory:" });
  try {
    const known = new KnownValues();
    const vault = new SealedVault(randomBytes(32)).tellingOf(known);
    vault.seal("a secret", "canary-canary");
    const settings = readSettings({
      SLIPWAY_STATE_DIR: "/nonexistent",
      SLIPWAY_OIDC_ISSUER: issuer.url,
      SLIPWAY_OIDC_CLIENT_ID: "slipway",
    });
    const { signIn } = buildSignInParts({ settings, store, vault, logger: { warn: () => undefined } });
    for (let count = 0; count < 300; count++) {
      const { state } = (await signIn.provider?.begin()) ?? { state: "" };
      await expect(signIn.provider?.complete("", state)).rejects.toThrow("proves nobody");
    }
    expect(known.hide("it was canary-canary")).toBe("it was ***");
  } finally {
    await store.close();
    await issuer.close();
  }
});
