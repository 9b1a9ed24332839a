import { randomBytes } from "node:crypto";
import { beforeEach, expect, it } from "vitest";
import { FakeSecretValues } from "../ports/fake-secret-values.ts";
import type { SecretProvider } from "../ports/secret-provider.ts";
import { SecretUnavailable } from "../ports/secret-values.ts";
import { ExternalSecretValues } from "./external-secret-values.ts";
import { SealedVault } from "./sealed-vault.ts";

const REFERENCE = "vault:secret/shop/db:password";
const DAY_MS = 86_400_000;
const scope = { region: "us-east-1", account: "000000000000" };
const vault = new SealedVault(randomBytes(32));

let rows: Map<string, string>;
let own: FakeSecretValues;
let nowMs: number;
let versions: string[];
let reads: number;
let isAway: boolean;

const provider: SecretProvider = {
  resolve: async () => {
    if (isAway) throw new SecretUnavailable("away");
    return { versionId: String(versions.length), createdAtMs: 1 };
  },
  read: async (_place, { versionId }) => {
    reads += 1;
    if (isAway) throw new SecretUnavailable("away");
    return versions[Number(versionId) - 1] ?? "";
  },
  run: () => Promise.resolve(),
};

beforeEach(() => {
  rows = new Map();
  own = new FakeSecretValues();
  nowMs = 10 * DAY_MS;
  versions = ["first-value"];
  reads = 0;
  isAway = false;
});

function build(given: SecretProvider | null = provider) {
  const sealedValues = {
    get: async (owner: string, version: string) => rows.get(`${owner} ${version}`) ?? null,
    save: async (owner: string, version: string, sealed: string) =>
      void rows.set(`${owner} ${version}`, sealed),
    ownersOf: async (version: string) =>
      [...rows.keys()]
        .filter((key) => key.endsWith(` ${version}`))
        .map((key) => key.slice(0, -version.length - 1)),
    remove: async () => undefined,
    removeAll: async (owner: string) => void rows.delete(`${owner} copies`),
  };
  return new ExternalSecretValues({
    own,
    provider: given,
    store: { sealedValues },
    vault,
    scope,
    clock: { now: () => nowMs },
  });
}

it("what was read once is there while the store is away, also after a restart", async () => {
  const pinned = await build().resolve(REFERENCE);
  expect(pinned).toEqual({ reference: REFERENCE, versionId: "1", createdAtMs: 1 });
  expect(await build().read(pinned)).toBe("first-value");
  isAway = true;
  versions.push("second-value");
  expect(await build().read(pinned)).toBe("first-value");
  await expect(build().resolve(REFERENCE)).rejects.toThrow("away");
  await expect(build().read({ ...pinned, versionId: "2" })).rejects.toThrow("away");
  // Made anew: the same number, another value.
  await expect(build().read({ ...pinned, createdAtMs: 2 })).rejects.toThrow("away");
  expect(reads).toBe(3);
  // Nothing lies readable.
  expect([...rows.values()].join()).toMatch(/^v1\./);
});

it("versions of several releases are kept side by side, the oldest go", async () => {
  const values = build();
  versions = Array.from({ length: 25 }, (_, index) => `${index}-value`);
  const pinned = versions.map((_, index) => ({
    reference: REFERENCE,
    versionId: String(index + 1),
    createdAtMs: 1,
  }));
  for (const one of pinned) {
    nowMs += 1;
    await values.read(one);
  }
  isAway = true;
  const kept = await Promise.all(
    pinned.map((one) =>
      values.read(one).then(
        () => true,
        () => false,
      ),
    ),
  );
  expect(kept).toEqual(versions.map((_, index) => index >= 5));
});

it("a copy that nobody reads for 90 days goes with the next; one that is read stays", async () => {
  const values = build();
  const [one, two, three] = ["1", "2", "3"].map((versionId) => ({
    reference: REFERENCE,
    versionId,
    createdAtMs: 1,
  }));
  versions = ["a-value", "b-value", "c-value"];
  if (one === undefined || two === undefined || three === undefined) throw new Error("three");
  await Promise.all([values.read(one), values.read(two)]);
  nowMs += 60 * DAY_MS;
  await values.read(two);
  nowMs += 60 * DAY_MS;
  await values.read(three);
  isAway = true;
  await expect(values.read(one)).rejects.toThrow("away");
  expect([await values.read(two), await values.read(three)]).toEqual(["b-value", "c-value"]);
});

it("copies of references that nobody has any more go too", async () => {
  const values = build();
  const other = "vault:secret/shop/mail:password";
  versions = ["a-value", "b-value"];
  for (const reference of [REFERENCE, other])
    await values.read({ reference, versionId: "1", createdAtMs: 1 });
  nowMs += 60 * DAY_MS;
  await values.read({ reference: REFERENCE, versionId: "2", createdAtMs: 1 });
  await values.dropUnread();
  expect(rows.size).toBe(2);
  nowMs += 60 * DAY_MS;
  await values.dropUnread();
  isAway = true;
  expect([...rows.keys()]).toEqual([`external secret ${REFERENCE} copies`]);
  expect(await values.read({ reference: REFERENCE, versionId: "2", createdAtMs: 1 })).toBe("b-value");
  await expect(values.read({ reference: REFERENCE, versionId: "1", createdAtMs: 1 })).rejects.toThrow("away");
});

it("other references are as ever, and without a Vault one is told what is missing", async () => {
  own.put("/shop/key", "own-value");
  const pinned = await build().resolve("/shop/key");
  expect(await build(null).read(pinned)).toBe("own-value");
  await expect(build(null).resolve(REFERENCE)).rejects.toThrow(/none is configured: set vaultAddress/);
});
