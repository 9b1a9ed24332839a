import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { waitFor } from "../../test/support/wait-for.ts";
import { accessKeyPurpose } from "../domain/access-key.ts";
import type { Role, User } from "../domain/identity.ts";
import { CredentialExpired } from "../ports/credentials.ts";
import type { Store } from "../ports/store.ts";
import { SealedVault } from "../secrets/sealed-vault.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { sealPlainKeys } from "./plain-keys.ts";
import { SealedIssuer } from "./sealed-issuer.ts";
import { StoreCredentials } from "./store-credentials.ts";

const scope = { account: "000000000000", region: "eu-central-1" };
const root = "arn:aws:iam::000000000000:root";
const identity = {
  path: "/team/",
  createdAtMs: 0,
  inlinePolicies: {},
  attachedPolicyArns: [],
  status: "ACTIVE",
} as const;
const ann: User = {
  ...identity,
  arn: "arn:aws:iam::000000000000:user/team/ann",
  name: "ann",
  id: "AIDA1",
  login: null,
};
const deployer: Role = {
  ...identity,
  arn: "arn:aws:iam::000000000000:role/team/deployer",
  name: "deployer",
  id: "AROA1",
  description: "",
  trustPolicy: "{}",
  maxSessionSeconds: 3600,
};

let store: Store;
let vault: SealedVault;
let credentials: StoreCredentials;
let issuer: SealedIssuer;
let nowMs: number;

beforeEach(async () => {
  nowMs = 1_000_000;
  const clock = { now: () => nowMs };
  store = await openSqliteStore({ path: ":memory:" });
  vault = new SealedVault(randomBytes(32));
  credentials = new StoreCredentials({ store, vault, scope, clock });
  issuer = new SealedIssuer({ vault, clock, random: randomBytes });
  await store.users.save(ann);
  await store.roles.save(deployer);
});
afterEach(() => store.close());

function aKey(id: string, principalArn = ann.arn) {
  const sealedSecret = vault.seal(accessKeyPurpose(id), `secret of ${id}`);
  return { id, sealedSecret, principalArn, createdAtMs: 1, isActive: true, lastUsed: null };
}

describe("an access key", () => {
  test("stands for its user, or for root", async () => {
    await store.accessKeys.save(aKey("AKIA1"));
    await store.accessKeys.save(aKey("AKIA0", root));
    expect(await credentials.find("AKIA1", null)).toEqual({
      secret: "secret of AKIA1",
      principal: { kind: "user", arn: ann.arn, accessKeyId: "AKIA1", userArn: ann.arn, userId: "AIDA1" },
    });
    expect(await credentials.find("AKIA0", null)).toMatchObject({ principal: { kind: "root", arn: root } });
  });

  test("that is unknown, inactive, of a user who is gone or of another account's root is nobody's", async () => {
    await store.accessKeys.save({ ...aKey("AKIA1"), isActive: false });
    await store.accessKeys.save(aKey("AKIA2", `${ann.arn}a`));
    await store.accessKeys.save(aKey("AKIA3", root.replace("000000000000", "111111111111")));
    for (const id of ["AKIA1", "AKIA2", "AKIA3", "AKIA4"])
      expect(await credentials.find(id, null)).toBeNull();
  });

  test("that the vault cannot open is nobody's, and no fault", async () => {
    const sealedSecret = new SealedVault(randomBytes(32)).seal(accessKeyPurpose("AKIA1"), "lost");
    await store.accessKeys.save({ ...aKey("AKIA1"), sealedSecret });
    expect(await credentials.find("AKIA1", null)).toBeNull();
  });

  test("tells of its last use, once a minute", async () => {
    await store.accessKeys.save(aKey("AKIA1"));
    const found = await credentials.find("AKIA1", null);
    if (found === null) throw new Error("no key");
    const lastUsed = async () => (await store.accessKeys.get("AKIA1"))?.lastUsed;
    credentials.used(found.principal, "sts");
    await waitFor(async () => (await lastUsed()) !== null);
    expect(await lastUsed()).toEqual({ atMs: nowMs, service: "sts", region: "eu-central-1" });
    nowMs += 59_000;
    credentials.used(found.principal, "iam");
    nowMs += 1000;
    credentials.used(found.principal, "apprunner");
    await waitFor(async () => (await lastUsed())?.service !== "sts");
    expect(await lastUsed()).toEqual({ atMs: nowMs, service: "apprunner", region: "eu-central-1" });
  });

  test("whose secret lay open is sealed, and works on", async () => {
    await store.accessKeys.save({ ...aKey("AKIA1"), sealedSecret: "plain/secret+" });
    await store.accessKeys.save(aKey("AKIA2"));
    expect(await sealPlainKeys(store, vault)).toBe(1);
    expect(JSON.stringify(await store.accessKeys.list())).not.toContain("plain/secret+");
    expect((await credentials.find("AKIA1", null))?.secret).toBe("plain/secret+");
    expect(await sealPlainKeys(store, vault)).toBe(0);
  });
});

describe("temporary credentials", () => {
  const request = { sessionName: "ci", durationSeconds: 900 };

  test("stand for a session of the role, with all that was asked for", async () => {
    const more = { sessionPolicy: '{"Statement":[]}', serviceArn: "arn:aws:apprunner:x" };
    const issued = issuer.issueForRole(deployer, { ...request, ...more });
    expect(issued).toMatchObject({
      accessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      expiresAtMs: nowMs + 900_000,
    });
    expect(await credentials.find(issued.accessKeyId, issued.sessionToken)).toEqual({
      secret: issued.secret,
      principal: {
        kind: "role",
        arn: "arn:aws:sts::000000000000:assumed-role/deployer/ci",
        accessKeyId: issued.accessKeyId,
        roleArn: deployer.arn,
        roleId: "AROA1",
        sessionName: "ci",
        issuedAtMs: nowMs,
        expiresAtMs: nowMs + 900_000,
        ...more,
      },
    });
    expect(issued.sessionToken).not.toContain(issued.secret);
  });

  test("are over to the second", async () => {
    const { accessKeyId, sessionToken } = issuer.issueForRole(deployer, request);
    nowMs += 899_999;
    expect(await credentials.find(accessKeyId, sessionToken)).not.toBeNull();
    nowMs += 1;
    await expect(credentials.find(accessKeyId, sessionToken)).rejects.toThrow(CredentialExpired);
  });

  test("end with the role, also when another one gets its name", async () => {
    const { accessKeyId, sessionToken } = issuer.issueForRole(deployer, request);
    await store.roles.save({ ...deployer, id: "AROA2" });
    expect(await credentials.find(accessKeyId, sessionToken)).toBeNull();
    await store.roles.remove(deployer.arn);
    expect(await credentials.find(accessKeyId, sessionToken)).toBeNull();
  });

  test("of a user's own end with the user, and with the access key that asked for them", async () => {
    const key = aKey("AKIA1");
    await store.accessKeys.save(key);
    const owner = { principalArn: ann.arn, userId: ann.id, ownKeyId: key.id };
    const { accessKeyId, sessionToken } = issuer.issueForOwner(owner, 900);
    expect(await credentials.find(accessKeyId, sessionToken)).toMatchObject({
      principal: { kind: "user", userId: "AIDA1", accessKeyId },
    });
    await store.accessKeys.save({ ...key, isActive: false });
    expect(await credentials.find(accessKeyId, sessionToken)).toBeNull();
    await store.accessKeys.save(key);
    expect(await credentials.find(accessKeyId, sessionToken)).not.toBeNull();
    await store.users.save({ ...ann, id: "AIDA2" });
    expect(await credentials.find(accessKeyId, sessionToken)).toBeNull();
  });

  test("need the token that belongs to the key, unchanged and of this installation", async () => {
    const one = issuer.issueForRole(deployer, request);
    const other = issuer.issueForRole(deployer, request);
    const foreign = new SealedIssuer({
      vault: new SealedVault(randomBytes(32)),
      clock: { now: () => nowMs },
      random: randomBytes,
    }).issueForRole(deployer, request);
    const wrong: readonly (readonly [string, string | null])[] = [
      [one.accessKeyId, null],
      [one.accessKeyId, other.sessionToken],
      [one.accessKeyId, `${one.sessionToken.slice(0, -2)}AA`],
      [one.accessKeyId, ""],
      [one.accessKeyId, "x".repeat(20_000)],
      [foreign.accessKeyId, foreign.sessionToken],
    ];
    for (const [id, token] of wrong) expect(await credentials.find(id, token)).toBeNull();
  });
});
