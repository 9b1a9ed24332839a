import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { certificateTools } from "./library-tools.ts";
import { LocalAuthority } from "./local-authority.ts";
import { NOW_MS } from "./testing/issue.ts";

async function someTools() {
  const keeping = { load: () => Promise.resolve(null), save: () => Promise.resolve() };
  return certificateTools(
    await LocalAuthority.open({ domains: ["apps.example.com"], keeping, nowMs: NOW_MS }),
  );
}

test("makes keys that all clients take, each another one", async () => {
  const tools = await someTools();
  const [one, other] = [await tools.makeKey(), await tools.makeKey()];
  expect(createPrivateKey(one).asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
  expect(one).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(one).not.toBe(other);
});

test("the authority vouches for names below the base domain, nobody for others", async () => {
  const tools = await someTools();
  const authority = new X509Certificate(tools.localAuthorityPem());
  const own = await tools.issueLocally(["*.us-east-1.apps.example.com"], NOW_MS);
  expect(new X509Certificate(own.chainPem).verify(authority.publicKey)).toBe(true);
  const foreign = await tools.issueLocally(["shop.corp"], NOW_MS);
  expect(new X509Certificate(foreign.chainPem).verify(authority.publicKey)).toBe(false);
  expect(tools.describe(foreign.chainPem)).toMatchObject({
    names: ["shop.corp"],
    issuer: "CN=self-signed by Slipway",
  });
  for (const { chainPem, keyPem } of [own, foreign]) {
    const given = { certificatePem: chainPem, privateKeyPem: keyPem, chainPem: null };
    expect(tools.readImport(given, NOW_MS).chainPem).toBe(chainPem);
  }
});

test("a text that is no certificate is told", async () => {
  const tools = await someTools();
  expect(() => tools.describe("nonsense")).toThrow(/^Certificate: it holds no certificate/);
});

test("whose key a certificate is for is told", async () => {
  const tools = await someTools();
  const { chainPem, keyPem } = await tools.issueLocally(["shop.corp"], NOW_MS);
  expect(tools.isKeyOf(keyPem, chainPem)).toBe(true);
  expect(tools.isKeyOf(await tools.makeKey(), chainPem)).toBe(false);
});
