import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import type { Role, User } from "../../domain/identity.ts";
import { ProviderUnavailable, SignInRefused } from "../../ports/sign-in.ts";
import type { Store } from "../../ports/store.ts";
import { SealedVault } from "../../secrets/sealed-vault.ts";
import { openSqliteStore } from "../../store/sqlite-store.ts";
import { CLIENT_SECRET, type OpenIdIssuer, startIssuer, visit } from "../testing/open-id-issuer.ts";
import { OpenIdProvider, type OpenIdProviderOptions } from "./open-id-provider.ts";
import type { PersonRule } from "./person-rules.ts";

const CALLBACK = "http://127.0.0.1:7070/session/oidc/callback";
const ROLE = "arn:aws:iam::000000000000:role/Admin";
const directory = mkdtempSync(join(tmpdir(), "slipway-oidc-"));
const vault = new SealedVault(randomBytes(32));

afterAll(() => rmSync(directory, { recursive: true }));

let issuer: OpenIdIssuer;
let store: Store;
let nowMs: number;
let problems: unknown[];

function aProvider(
  rules: readonly PersonRule[],
  overrides: Partial<OpenIdProviderOptions> = {},
): OpenIdProvider {
  return new OpenIdProvider({
    client: { issuer: new URL(issuer.url), clientId: "slipway", secretFile: join(directory, "secret") },
    scopes: ["openid", "profile"],
    people: { nameClaim: "preferred_username", rules },
    callbackUrl: CALLBACK,
    signedOutUrl: "http://127.0.0.1:7070/sign-in",
    store,
    vault,
    clock: { now: () => nowMs },
    onProblem: (error) => problems.push(error),
    ...overrides,
  });
}

async function signIn(provider: OpenIdProvider) {
  const { url, state } = await provider.begin();
  return provider.complete(await visit(url, CALLBACK), state);
}

const identity = {
  path: "/",
  createdAtMs: 1,
  inlinePolicies: {},
  attachedPolicyArns: [],
  status: "ACTIVE",
} as const;
const ann: User = {
  ...identity,
  arn: "arn:aws:iam::000000000000:user/ann",
  name: "ann",
  id: "AIDAANN",
  login: null,
};
const admin: Role = {
  ...identity,
  arn: ROLE,
  name: "Admin",
  id: "AROAADMIN",
  description: "",
  trustPolicy: "{}",
  maxSessionSeconds: 3600,
};

beforeEach(async () => {
  nowMs = Date.now();
  problems = [];
  writeFileSync(join(directory, "secret"), `${CLIENT_SECRET}\n`);
  store = await openSqliteStore({ path: ":memory:" });
  await store.users.save(ann);
  await store.roles.save(admin);
  issuer = await startIssuer(CALLBACK, { preferred_username: "ann", groups: ["staff", "admins"] });
});

afterEach(async () => {
  await issuer.close();
  await store.close();
});

test("somebody whom a rule lets in comes in as the role, or the user, that it names: the first that fits", async () => {
  const asRole = [{ claim: "groups", value: "admins", role: ROLE }, { user: "{name}" }];
  expect(await signIn(aProvider(asRole))).toEqual({
    kind: "role",
    roleArn: ROLE,
    roleId: "AROAADMIN",
    sessionName: "ann",
  });
  const asUser = [{ claim: "groups", value: "owners", role: ROLE }, { user: "{name}" }];
  expect(await signIn(aProvider(asUser))).toEqual({ kind: "user", userArn: ann.arn, userId: ann.id });
  expect(problems).toEqual([]);
});

test("nobody comes in without a rule, as a user who is not here, or in a role that is gone", async () => {
  const refused = async (rules: readonly PersonRule[], text: string) => {
    const attempt = signIn(aProvider(rules));
    await expect(attempt).rejects.toThrow(SignInRefused);
    await expect(attempt).rejects.toThrow(text);
  };
  await refused([], "nobody gave you access");
  await refused([{ claim: "groups", value: "adm", role: ROLE }], "nobody gave you access");
  await store.users.remove(ann.arn);
  await refused([{ user: "{name}" }], "no user ann");
  const findByName = () => Promise.reject(new Error("PostgreSQL takes no NUL"));
  const strict = { roles: store.roles, users: { ...store.users, findByName } };
  await expect(signIn(aProvider([{ user: "a\0b" }], { store: strict }))).rejects.toThrow(SignInRefused);
  await store.roles.remove(ROLE);
  await refused([{ role: ROLE }], "is not here");
});

test("an address that the provider did not verify names nobody", async () => {
  await issuer.close();
  issuer = await startIssuer(CALLBACK, { email: "ann@example.com", email_verified: false });
  const people = { nameClaim: "email", rules: [{ role: ROLE }] };
  await expect(signIn(aProvider([], { people }))).rejects.toThrow("email is missing");
  await issuer.close();
  issuer = await startIssuer(CALLBACK, { email: "ann@example.com", email_verified: true });
  expect(await signIn(aProvider([], { people }))).toMatchObject({ sessionName: "ann@example.com" });
});

test("what came back belongs to the browser that went: another's state, a changed one or an old one is refused", async () => {
  const provider = aProvider([{ role: ROLE }]);
  const [mine, others] = [await provider.begin(), await provider.begin()];
  const callback = await visit(mine.url, CALLBACK);
  await expect(provider.complete(callback, others.state)).rejects.toThrow(SignInRefused);
  await expect(provider.complete(callback, `${mine.state.slice(0, -2)}AA`)).rejects.toThrow("Start again");
  await expect(provider.complete(callback, "")).rejects.toThrow("Start again");
  nowMs += 11 * 60_000;
  await expect(provider.complete(callback, mine.state)).rejects.toThrow("Start again");
});

test("a code is good once, and who says no there is told so", async () => {
  const provider = aProvider([{ role: ROLE }]);
  const { url, state } = await provider.begin();
  const callback = await visit(url, CALLBACK);
  await provider.complete(callback, state);
  await expect(provider.complete(callback, state)).rejects.toThrow(SignInRefused);
  const query = `error=access_denied&state=${new URL(url).searchParams.get("state")}&iss=${issuer.url}`;
  await expect(provider.complete(query, state)).rejects.toThrow("access_denied");
});

test("the provider says of itself once an hour what it is, and is asked by all who begin at once together", async () => {
  const provider = aProvider([{ role: ROLE }]);
  expect(issuer.asked()).toBe(0);
  await Promise.all([provider.begin(), provider.begin(), provider.begin()]);
  await provider.begin();
  expect(issuer.asked()).toBe(1);
  nowMs += 61 * 60_000;
  await provider.begin();
  expect(issuer.asked()).toBe(2);
});

test("its keys may be exchanged: the next who signs in gets in, or the one after", async () => {
  const provider = aProvider([{ role: ROLE }]);
  await signIn(provider);
  await issuer.restart();
  await signIn(provider).catch(() => undefined);
  nowMs += 2 * 60_000;
  expect(await signIn(provider)).toMatchObject({ kind: "role" });
});

test("while it is down there is a sentence and no waiting, what is known of it is kept, and soon it works again", async () => {
  const provider = aProvider([{ role: ROLE }]);
  await issuer.close();
  await expect(provider.begin()).rejects.toThrow(ProviderUnavailable);
  expect(await provider.signOutUrl()).toBeNull();
  await issuer.restart();
  await expect(provider.begin()).rejects.toThrow(ProviderUnavailable);
  nowMs += 6_000;
  await provider.begin();
  await issuer.close();
  nowMs += 2 * 60 * 60_000;
  expect((await provider.begin()).url).toContain(issuer.url);
  await issuer.restart();
});

test("a clock that goes back does not keep a failure for as long", async () => {
  const provider = aProvider([{ role: ROLE }]);
  await issuer.close();
  await expect(provider.begin()).rejects.toThrow(ProviderUnavailable);
  await issuer.restart();
  nowMs -= 24 * 60 * 60_000;
  expect((await provider.begin()).url).toContain(issuer.url);
});

test("a wrong secret proves nobody, and the right one works without a restart", async () => {
  writeFileSync(join(directory, "secret"), "wrong");
  const provider = aProvider([{ role: ROLE }]);
  await expect(signIn(provider)).rejects.toThrow(SignInRefused);
  expect(JSON.stringify(problems)).not.toContain(CLIENT_SECRET);
  writeFileSync(join(directory, "secret"), CLIENT_SECRET);
  nowMs += 2 * 60_000;
  expect(await signIn(provider)).toMatchObject({ kind: "role" });
  rmSync(join(directory, "secret"));
});

test("signing out leads to the provider, and from there back", async () => {
  const url = new URL((await aProvider([]).signOutUrl()) ?? "");
  expect(url.origin).toBe(issuer.url);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: "slipway",
    post_logout_redirect_uri: "http://127.0.0.1:7070/sign-in",
  });
});
