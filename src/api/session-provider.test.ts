import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../../test/support/free-port.ts";
import type { User } from "../domain/identity.ts";
import { OpenIdProvider } from "../identity/oidc/open-id-provider.ts";
import { CLIENT_SECRET, type OpenIdIssuer, startIssuer, visit } from "../identity/testing/open-id-issuer.ts";
import { FakeAuditTrail } from "../ports/fake-audit-trail.ts";
import type { Store } from "../ports/store.ts";
import { SealedVault } from "../secrets/sealed-vault.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { startTestApi, testSignIn, type TestApi } from "./testing/test-api.ts";

const directory = mkdtempSync(join(tmpdir(), "slipway-oidc-"));
const secretFile = join(directory, "secret");
writeFileSync(secretFile, CLIENT_SECRET);
const vault = new SealedVault(randomBytes(32));
afterAll(() => rmSync(directory, { recursive: true }));
const clock = { now: () => Date.now() };
const ann: User = {
  arn: "arn:aws:iam::000000000000:user/ann",
  name: "ann",
  path: "/",
  id: "AIDAANN",
  createdAtMs: 1,
  inlinePolicies: {},
  attachedPolicyArns: [],
  status: "ACTIVE",
  login: null,
};

let store: Store;
let issuer: OpenIdIssuer;
let api: TestApi;
let audit: FakeAuditTrail;
let callbackUrl: string;

beforeEach(async () => {
  const port = await freePort();
  const publicApiUrl = `http://127.0.0.1:${port}`;
  callbackUrl = `${publicApiUrl}/session/oidc/callback`;
  store = await openSqliteStore({ path: ":memory:" });
  issuer = await startIssuer(callbackUrl, { preferred_username: "ann" });
  audit = new FakeAuditTrail();
  const provider = new OpenIdProvider({
    client: { issuer: new URL(issuer.url), clientId: "slipway", secretFile },
    scopes: ["openid", "profile"],
    people: { nameClaim: "preferred_username", rules: [{ user: "{name}" }] },
    callbackUrl,
    signedOutUrl: `${publicApiUrl}/sign-in`,
    store,
    vault,
    clock,
    onProblem: () => undefined,
  });
  api = await startTestApi(
    { audit, store, publicApiUrl, signIn: testSignIn(store, vault, { provider }) },
    port,
  );
});

afterEach(async () => {
  await api.close();
  await issuer.close();
  await store.close();
});

const pairOf = (cookies: readonly string[], name: string) =>
  cookies.find((cookie) => cookie.startsWith(`${name}=`))?.split(";", 1)[0] ?? "";

async function leave() {
  const reply = await fetch(`${api.endpoint}/session/oidc`, { redirect: "manual" });
  return {
    url: reply.headers.get("location") ?? "",
    cookies: reply.headers.getSetCookie(),
    status: reply.status,
  };
}

const comeBack = (query: string, cookie: string) =>
  fetch(`${callbackUrl}?${query}`, { headers: { cookie }, redirect: "manual" });

test("whom the provider knows and a rule lets in comes back signed in, and is signed out there, too", async () => {
  await store.users.save(ann);
  const left = await leave();
  expect(left.status).toBe(302);
  expect(left.cookies[0]).toMatch(/^slipway-oidc=.+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
  const back = await comeBack(await visit(left.url, callbackUrl), pairOf(left.cookies, "slipway-oidc"));
  expect(back.status).toBe(200);
  // A redirect would not carry the Strict cookie: the page goes on by itself.
  expect(await back.text()).toContain('http-equiv="refresh"');
  const cookies = back.headers.getSetCookie();
  expect(cookies).toContainEqual(
    expect.stringMatching(/^slipway-session=.{43}; Path=\/; HttpOnly; SameSite=Strict$/),
  );
  expect(cookies).toContainEqual(expect.stringMatching(/^slipway-oidc=; .*Max-Age=0$/));
  const cookie = pairOf(cookies, "slipway-session");
  const me = (await (await fetch(`${api.endpoint}/session`, { headers: { cookie } })).json()) as {
    readonly csrfToken: string;
  };
  expect(me).toMatchObject({ name: "ann", arn: ann.arn, method: "oidc" });
  const out = await fetch(`${api.endpoint}/session`, {
    method: "DELETE",
    headers: { cookie, "x-slipway-csrf": me.csrfToken, origin: api.endpoint },
  });
  expect(((await out.json()) as { readonly signOutUrl: string }).signOutUrl).toContain(
    `${issuer.url}/session/end`,
  );
  expect(audit.records).toMatchObject([
    { eventName: "ConsoleLogin", principalArn: ann.arn, parameters: { method: "oidc" } },
    { eventName: "ConsoleLogout" },
  ]);
});

test("a stranger is told so on a page, and in the audit trail, and gets nothing", async () => {
  const left = await leave();
  const back = await comeBack(await visit(left.url, callbackUrl), pairOf(left.cookies, "slipway-oidc"));
  expect(back.status).toBe(403);
  expect(await back.text()).toContain("There is no user ann here");
  expect(pairOf(back.headers.getSetCookie(), "slipway-session")).toBe("");
  expect(audit.records).toMatchObject([{ eventName: "ConsoleLogin", response: { ConsoleLogin: "Failure" } }]);
});

test("a way back that another browser began signs nobody in", async () => {
  await store.users.save(ann);
  const [attackers, victims] = [await leave(), await leave()];
  const query = await visit(attackers.url, callbackUrl);
  for (const cookie of ["", pairOf(victims.cookies, "slipway-oidc")]) {
    const back = await comeBack(query, cookie);
    expect(back.status).toBe(403);
    expect(pairOf(back.headers.getSetCookie(), "slipway-session")).toBe("");
  }
});

test("what the provider says is text on the page, never markup", async () => {
  const left = await leave();
  const state = new URL(left.url).searchParams.get("state") ?? "";
  const error = encodeURIComponent("<script>alert(1)</script>");
  const query = `error=${error}&state=${state}&iss=${encodeURIComponent(issuer.url)}`;
  const page = await (await comeBack(query, pairOf(left.cookies, "slipway-oidc"))).text();
  expect(page).toContain("Not signed in");
  expect(page).not.toContain("<script");
});

test("by another name of this machine the way begins at the public address, for the cookie is that one's", async () => {
  const elsewhere = api.endpoint.replace("127.0.0.1", "localhost");
  const reply = await fetch(`${elsewhere}/session/oidc`, { redirect: "manual" });
  expect(reply.headers.get("location")).toBe(`${api.endpoint}/session/oidc?moved`);
  expect(reply.headers.getSetCookie()).toEqual([]);
  // Again elsewhere: a proxy says another Host, and the browser would go round for ever or come back without its cookie.
  const moved = await fetch(`${elsewhere}/session/oidc?moved`, { redirect: "manual" });
  expect([moved.status, await moved.text()]).toEqual([403, expect.stringContaining("Host")]);
});

test("while the provider is down there is a page that says so, and all else works", async () => {
  await issuer.close();
  const reply = await fetch(`${api.endpoint}/session/oidc`, { redirect: "manual" });
  expect([reply.status, await reply.text()]).toEqual([503, expect.stringContaining("does not answer")]);
  const start = await fetch(`${api.endpoint}/console/session`);
  expect([start.status, await start.json()]).toEqual([200, { session: null, hasProvider: true }]);
});
