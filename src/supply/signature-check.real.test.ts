import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Registry } from "../../test/support/registry.ts";
import type { ReleaseCandidate } from "../ports/release-gate.ts";
import { pushSignature, type SignatureWish } from "./cosign.test-support.ts";
import { checkSignature } from "./signature-check.ts";

const signal = () => AbortSignal.timeout(20_000);
const aDigest = () => `sha256:${randomBytes(32).toString("hex")}`;
const ecdsa = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed25519 = generateKeyPairSync("ed25519");
const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });

describe("The signature of an image in a registry", () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-signatures-"));
  const file = (name: string) => join(directory, name);
  let registry: Registry;

  beforeAll(async () => {
    const pem = { type: "spki", format: "pem" } as const;
    for (const [name, { publicKey }] of Object.entries({ ecdsa, ed25519, rsa })) {
      writeFileSync(file(name), publicKey.export(pem));
    }
    writeFileSync(file("private"), ecdsa.privateKey.export({ type: "pkcs8", format: "pem" }));
    registry = await Registry.start(file("registry"));
  });
  afterAll(async () => {
    await registry.stop();
    rmSync(directory, { recursive: true });
  });

  const keysOf = (required: string | null = null) => ({
    files: { ecdsa: file("ecdsa"), ed25519: file("ed25519"), rsa: file("rsa"), private: file("private") },
    required,
    now: () => 7,
    network: { configured: new Set<string>(), closedPorts: [] },
  });
  const candidate = (change: Partial<ReleaseCandidate> = {}): ReleaseCandidate => ({
    serviceName: "web",
    serviceArn: "arn",
    image: { registry: registry.host, repository: "team/app", tag: "1" },
    digest: aDigest(),
    imageId: aDigest(),
    keyName: "ecdsa",
    before: null,
    ...change,
  });
  const push = (wish: SignatureWish) => pushSignature(`http://${registry.host}/v2/team/app`, wish);
  const check = (given: ReleaseCandidate, required: string | null = null) =>
    checkSignature(given, keysOf(required), signal());

  it.each([
    ["ecdsa", ecdsa],
    ["ed25519", ed25519],
  ])(
    "is found with a key of kind %s, by the tag's name or the installation's",
    async (name, { privateKey }) => {
      const digest = aDigest();
      await push({ imageDigest: digest, key: privateKey });
      const admission = await check(candidate({ digest, keyName: name }));
      expect(admission.signedBy).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(admission.signature).toEqual({ keyName: name, checkedAtMs: 7 });
      expect(await check(candidate({ digest, keyName: null }), name)).toEqual(admission);
    },
  );

  it("is not asked for where nobody names a key", async () => {
    expect(await check(candidate({ keyName: null }))).toEqual({});
  });

  it.each<[string, Omit<SignatureWish, "imageDigest"> | null]>([
    ["there is none", null],
    ["another key made it", { key: other.privateKey }],
    ["a key of another kind made it", { key: ed25519.privateKey }],
    [
      "it is another image's, laid down at this one's place",
      { key: ecdsa.privateKey, payloadDigest: aDigest() },
    ],
  ])("is missing when %s", async (_why, wish) => {
    const digest = aDigest();
    if (wish !== null) await push({ ...wish, imageDigest: digest });
    await expect(check(candidate({ digest }))).rejects.toThrow(
      `@${digest} bears no signature of the key ecdsa`,
    );
  });

  it("is not asked of the registry again for an image that was admitted with the same key", async () => {
    const digest = aDigest();
    await push({ imageDigest: digest, key: ecdsa.privateKey });
    const before = await check(candidate({ digest }));
    const away = { registry: "127.0.0.1:1", repository: "team/app" };
    expect(await check(candidate({ digest, image: away, before }))).toEqual(before);
    await expect(check(candidate({ digest, image: away, before, keyName: "ed25519" }))).rejects.toThrow(
      "127.0.0.1:1 cannot be read",
    );
  });

  it.each<[string, Partial<ReleaseCandidate>, RegExp]>([
    ["a key that is not there", { keyName: "gone" }, /no key gone.*signatureKeys has: ecdsa, ed25519/],
    [
      "a key of a kind that cosign does not make",
      { keyName: "rsa" },
      /key rsa .* neither an ECDSA P-256 key/,
    ],
    ["a private key", { keyName: "private" }, /it is no public key in PEM/],
    ["an image that only this engine has", { digest: null }, /that no registry has cannot bear a signature/],
    ["an image that was built here", { image: null, digest: null }, /push it and deploy it from there/],
    [
      "a registry that does not answer",
      { image: { registry: "127.0.0.1:1", repository: "app" } },
      /cannot be checked: 127\.0\.0\.1:1 cannot be read/,
    ],
  ])("refuses %s", async (_what, change, problem) => {
    await expect(check(candidate(change))).rejects.toThrow(problem);
  });
});
