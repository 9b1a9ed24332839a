import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Login, User } from "../domain/identity.ts";
import { FakeAuditTrail } from "../ports/fake-audit-trail.ts";
import type { Authorizer } from "../ports/authorizer.ts";
import type { Passwords } from "../ports/passwords.ts";
import type { Store } from "../ports/store.ts";
import { ArgonPasswords } from "../identity/passwords/argon-passwords.ts";
import { SealedVault } from "../secrets/sealed-vault.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { StoreCredentials } from "../identity/store-credentials.ts";
import { FakeServiceLog } from "../ports/fake-service-log.ts";
import { sessionWatch } from "./session-authentication.ts";
import { makeService } from "./testing/requests.ts";
import { newAccessKey } from "./resources/access-key.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi, testScope, testSignIn, type TestApi } from "./testing/test-api.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PASSWORD = "a horse, a kingdom";
const ANN = "arn:aws:iam::000000000000:user/ann";
const passwords = new ArgonPasswords();
const passwordHash = await passwords.hash(PASSWORD);

let nowMs: number;
let store: Store;
let audit: FakeAuditTrail;
let api: TestApi;
/** What ann may do. */
let allowed: Set<string>;

const clock = { now: () => nowMs };
const authorizer: Authorizer = {
  decide: ({ principal, action }) =>
    Promise.resolve({ isAllowed: principal.kind === "root" || allowed.has(action), reason: "no policy" }),
  decideForRole: () => Promise.resolve({ isAllowed: false, reason: "no policy" }),
};

async function start(overrides: Parameters<typeof startTestApi>[0] = {}): Promise<void> {
  api = await startTestApi({
    audit,
    authorizer,
    store,
    credentials: new StoreCredentials({ store, vault, scope: testScope, clock: { now: () => Date.now() } }),
    signIn: testSignIn(store, vault, { clock }),
    publicApiUrl: "http://slipway.test:7070",
    ...overrides,
  });
}

const vault = new SealedVault(randomBytes(32));

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  allowed = new Set(["apprunner:ListServices"]);
  audit = new FakeAuditTrail();
  store = await openSqliteStore({ path: ":memory:" });
  await store.users.save(aUser());
  await start();
});

afterEach(async () => {
  await api.close();
  await store.close();
});

function aUser(login: Partial<Login> = {}): User {
  return {
    arn: ANN,
    name: "ann",
    path: "/",
    id: "AIDAANN",
    createdAtMs: 1,
    inlinePolicies: {},
    attachedPolicyArns: [],
    status: "ACTIVE",
    login: { passwordHash, mustChange: false, createdAtMs: 1, changedAtMs: 1, lastUsedAtMs: null, ...login },
  };
}

interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly cookies: readonly string[];
  readonly headers: Headers;
}

async function ask(path: string, init: RequestInit & { readonly headers?: Record<string, string> } = {}) {
  const reply = await fetch(`${api.endpoint}${path}`, init);
  const text = await reply.text();
  return {
    status: reply.status,
    body: JSON.parse(text === "" ? "{}" : text) as Reply["body"],
    cookies: reply.headers.getSetCookie(),
    headers: reply.headers,
  } satisfies Reply;
}

const json = { "content-type": "application/json" };
const own = (): Record<string, string> => ({ origin: api.endpoint });

function post(body: object, headers: Record<string, string> = {}): Promise<Reply> {
  return ask("/session", {
    method: "POST",
    headers: { ...json, ...own(), ...headers },
    body: JSON.stringify(body),
  });
}

interface Browser {
  readonly cookie: string;
  readonly csrf: string;
  readonly device: string;
  readonly id: string;
}

async function signIn(headers: Record<string, string> = {}, name = "ann"): Promise<Browser> {
  const reply = await post({ userName: name, password: PASSWORD }, headers);
  expect(reply.status).toBe(200);
  const cookie = (of: string) =>
    reply.cookies.find((one) => one.includes(of))?.split(";", 1)[0] ?? `${of}=missing`;
  return {
    cookie: cookie("slipway-session"),
    device: cookie("slipway-device"),
    csrf: reply.body["csrfToken"] as string,
    id: reply.body["id"] as string,
  };
}

function call(
  browser: Pick<Browser, "cookie" | "csrf">,
  headers: Record<string, string> = {},
  target = "AppRunner.ListServices",
  body = "{}",
) {
  return ask("/", {
    method: "POST",
    body,
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": target,
      cookie: browser.cookie,
      "x-slipway-csrf": browser.csrf,
      ...own(),
      ...headers,
    },
  });
}

const whoAmI = (cookie: string) => ask("/session", { headers: { cookie } });

test("a password gives a cookie that scripts and other sites do not get, and nothing to a cache", async () => {
  const reply = await post({ userName: "ann", password: PASSWORD });
  expect(reply.status).toBe(200);
  const session = reply.cookies.find((one) => one.startsWith("slipway-session="));
  expect(session).toMatch(/^slipway-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  expect(reply.headers.get("cache-control")).toBe("no-store");
  expect(reply.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(reply.headers.get("x-content-type-options")).toBe("nosniff");
  expect(reply.body).toMatchObject({ name: "ann", arn: ANN, kind: "user", mustChangePassword: false });
  expect((await whoAmI(session?.split(";", 1)[0] ?? "")).body).toMatchObject({ name: "ann" });
});

test("by https the cookie has the prefix that no other host can set, and a plain one counts nothing", async () => {
  await api.close();
  await start({ publicApiUrl: "https://slipway.test" });
  const port = new URL(api.endpoint).port;
  const secure = { origin: "https://slipway.test", host: "slipway.test" };
  const { request } = await import("node:http");
  const send = (headers: Record<string, string>, method = "GET", body?: string) =>
    new Promise<{ readonly status: number; readonly cookies: readonly string[] }>((resolve, reject) => {
      const sent = request({ port, host: "127.0.0.1", path: "/session", method, headers }, (reply) => {
        reply.resume();
        reply.once("end", () =>
          resolve({ status: reply.statusCode ?? 0, cookies: reply.headers["set-cookie"] ?? [] }),
        );
      });
      sent.once("error", reject);
      sent.end(body);
    });
  const wish = JSON.stringify({ userName: "ann", password: PASSWORD });
  const { cookies } = await send({ ...json, ...secure }, "POST", wish);
  const session = cookies.find((one) => one.includes("session")) ?? "";
  expect(session).toMatch(/^__Host-slipway-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
  const pair = session.split(";", 1)[0] ?? "";
  expect((await send({ ...secure, cookie: pair })).status).toBe(200);
  expect((await send({ ...secure, cookie: pair.replace("__Host-", "") })).status).toBe(401);
  // A proxy that says another Host: better nobody than a cookie that also goes without TLS.
  const rewritten = await send({ ...json, ...secure, host: "127.0.0.1:7070" }, "POST", wish);
  expect([rewritten.status, rewritten.cookies]).toEqual([403, []]);
});

test("the API takes a session for a signature: same operations, same policies, same audit", async () => {
  const browser = await signIn();
  expect((await call(browser)).body).toEqual({ ServiceSummaryList: [] });
  const refused = await call(browser, {}, "AppRunner.ListConnections");
  expect(refused).toMatchObject({ status: 403 });
  expect(refused.body["Message"] ?? refused.body["message"]).toContain(`User: ${ANN} is not authorized`);
  expect(audit.records.slice(1)).toMatchObject([
    { eventName: "ListServices", principalArn: ANN, accessKeyId: null, errorCode: null },
    { eventName: "ListConnections", principalArn: ANN, errorCode: "AccessDeniedException" },
  ]);
  // What a policy no longer allows is refused at once.
  allowed.clear();
  expect((await call(browser)).status).toBe(403);
});

test("CBOR comes by a session, too", async () => {
  allowed.add("cloudwatch:ListMetrics");
  const browser = await signIn();
  const reply = await fetch(`${api.endpoint}/service/GraniteServiceVersion20100801/operation/ListMetrics`, {
    method: "POST",
    body: Buffer.from([0xa0]),
    headers: {
      "smithy-protocol": "rpc-v2-cbor",
      "content-type": "application/cbor",
      cookie: browser.cookie,
      "x-slipway-csrf": browser.csrf,
      ...own(),
    },
  });
  expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "application/cbor"]);
});

test.each([
  ["no token", { "x-slipway-csrf": "" }],
  ["another session's token", { "x-slipway-csrf": "0".repeat(43) }],
  ["another origin", { origin: "http://evil.test" }],
  ["a sibling of the public name", { origin: "http://shop.slipway.test:7070" }],
  ["no origin that can be told", { origin: "null" }],
  ["another site, as the browser says", { "sec-fetch-site": "cross-site" }],
  ["the same site, but not this address", { "sec-fetch-site": "same-site" }],
])("a call with the right cookie and %s is refused", async (_what, headers) => {
  const browser = await signIn();
  const reply = await call(browser, headers);
  expect(reply.status).toBe(403);
  expect(JSON.stringify(reply.body)).toContain("AccessDeniedException");
  expect((await call(browser)).status).toBe(200);
});

test("who leaves Origin out must say by Sec-Fetch-Site that it is a page of ours", async () => {
  const browser = await signIn();
  const bare = (headers: Record<string, string>) =>
    ask("/", {
      method: "POST",
      body: "{}",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "AppRunner.ListServices",
        cookie: browser.cookie,
        "x-slipway-csrf": browser.csrf,
        ...headers,
      },
    });
  // undici says cors by itself, and no site.
  expect((await bare({})).status).toBe(403);
  expect((await bare({ "sec-fetch-site": "same-origin" })).status).toBe(200);
});

test("what a page reads while nobody is at it keeps no session from ending", async () => {
  await api.close();
  await start({ clock: { ...clock, sleep: () => Promise.resolve() } });
  const { cookie } = await signIn();
  for (const headers of [{ cookie, "x-slipway-unattended": "1" }, { cookie }]) {
    nowMs += 10 * MINUTE_MS;
    expect((await ask("/session", { headers })).status).toBe(200);
  }
  nowMs += 25 * MINUTE_MS;
  const unattended = { cookie, "x-slipway-unattended": "1" };
  expect((await ask("/session", { headers: unattended })).body).toMatchObject({ idleSeconds: 5 * 60 });
  nowMs += 5 * MINUTE_MS;
  const ended = await ask("/console/session", { headers: unattended });
  expect([ended.status, ended.body]).toEqual([200, { session: null, hasProvider: false }]);
});

test("a form of another site cannot sign anybody in", async () => {
  const body = JSON.stringify({ userName: "ann", password: PASSWORD });
  const asForm = await ask("/session", {
    method: "POST",
    headers: { "content-type": "text/plain", ...own() },
    body,
  });
  expect([asForm.status, asForm.cookies]).toEqual([415, []]);
  expect((await post({ userName: "ann", password: PASSWORD }, { origin: "http://evil.test" })).status).toBe(
    403,
  );
});

test("signing out ends the session, and its cookie is worth nothing when it is played again", async () => {
  const browser = await signIn();
  const out = await ask("/session", {
    method: "DELETE",
    headers: { cookie: browser.cookie, "x-slipway-csrf": browser.csrf, ...own() },
  });
  expect(out.status).toBe(200);
  expect(out.cookies[0]).toMatch(/^slipway-session=; .*Max-Age=0/);
  expect((await whoAmI(browser.cookie)).status).toBe(401);
  const replayed = await call(browser);
  expect([replayed.status, JSON.stringify(replayed.body)]).toEqual([
    403,
    expect.stringContaining("ExpiredTokenException"),
  ]);
});

test("a session that somebody planted is not the one that signing in gives", async () => {
  const planted = await signIn();
  const victim = await signIn({ cookie: planted.cookie });
  expect(victim.cookie).not.toBe(planted.cookie);
  expect((await whoAmI(planted.cookie)).status).toBe(401);
  expect((await whoAmI(victim.cookie)).status).toBe(200);
  // Two of a name: one is not ours.
  expect((await whoAmI(`${victim.cookie}; slipway-session=${"x".repeat(43)}`)).status).toBe(401);
});

test("two tabs are one session, two browsers are two, and each can end the other or all", async () => {
  const one = await signIn();
  nowMs += 1_000;
  const two = await signIn({ "user-agent": "other browser" });
  const list = await ask("/session/all", { headers: { cookie: one.cookie } });
  expect(list.body["sessions"]).toMatchObject([
    { id: two.id, isThis: false, userAgent: "other browser", sourceAddress: "127.0.0.1" },
    { id: one.id, isThis: true },
  ]);
  const end = (path: string, by: Browser) =>
    ask(path, { method: "DELETE", headers: { cookie: by.cookie, "x-slipway-csrf": by.csrf, ...own() } });
  expect((await end(`/session/all/${two.id}`, one)).status).toBe(200);
  expect((await end(`/session/all/${two.id}`, one)).status).toBe(404);
  expect((await whoAmI(two.cookie)).status).toBe(401);
  const [tab, otherTab] = await Promise.all([call(one), call(one)]);
  expect([tab.status, otherTab.status]).toEqual([200, 200]);
  const third = await signIn();
  expect((await end("/session/all", one)).status).toBe(200);
  expect((await whoAmI(one.cookie)).status).toBe(401);
  expect((await whoAmI(third.cookie)).status).toBe(401);
});

test("who looks after users sees their sessions and ends one or all; others may not, and the audit trail tells", async () => {
  const [one, other] = [await signIn({ "user-agent": "Firefox" }), await signIn()];
  const act = (name: "List" | "End", input: object) =>
    call(other, {}, `Slipway.${name}SignInSessions`, JSON.stringify(input));
  for (const name of ["List", "End"] as const) {
    expect((await act(name, { UserName: "ann" })).body["__type"]).toBe("AccessDeniedException");
  }
  allowed = new Set(["slipway:ListSignInSessions", "slipway:EndSignInSessions"]);
  const { body } = await act("List", { UserName: "ann" });
  expect(body["Sessions"]).toHaveLength(2);
  expect(body["Sessions"]).toContainEqual(
    expect.objectContaining({
      SessionId: one.id,
      Method: "password",
      StartedAt: nowMs / 1000,
      SourceAddress: "127.0.0.1",
      UserAgent: "Firefox",
    }),
  );
  expect(JSON.stringify(body)).not.toContain(one.cookie.split("=")[1]);

  await act("End", { UserName: "ann", SessionId: one.id });
  expect((await whoAmI(one.cookie)).status).toBe(401);
  expect((await whoAmI(other.cookie)).status).toBe(200);
  for (const wish of [{ UserName: "nobody" }, { UserName: "ann", SessionId: one.id }]) {
    expect((await act("End", wish)).body["__type"]).toBe("ResourceNotFoundException");
  }
  await act("End", { UserName: "ann" });
  expect((await whoAmI(other.cookie)).status).toBe(401);
  expect(audit.records.map(({ eventName }) => eventName)).toContain("EndSignInSessions");
});

test("a session ends when it is idle, and after twelve hours however busy it is", async () => {
  const idle = await signIn();
  nowMs += 29 * MINUTE_MS;
  expect((await whoAmI(idle.cookie)).status).toBe(200);
  nowMs += 30 * MINUTE_MS;
  expect((await whoAmI(idle.cookie)).status).toBe(401);
  const late = await signIn();
  nowMs -= 24 * HOUR_MS;
  // The clock was a day ahead when it began.
  expect((await whoAmI(late.cookie)).status).toBe(401);
  const busy = await signIn();
  for (let passed = 0; passed < 12 * HOUR_MS - MINUTE_MS; passed += 20 * MINUTE_MS) {
    expect((await call(busy)).status).toBe(200);
    nowMs += 20 * MINUTE_MS;
  }
  expect((await call(busy)).status).toBe(403);
});

test("another password, none any more, or another user of the name: the session is over at once", async () => {
  for (const change of [
    aUser({ changedAtMs: 2 }),
    { ...aUser(), login: null },
    { ...aUser(), id: "AIDAOTHERANN" },
  ]) {
    await store.users.save(aUser());
    const browser = await signIn();
    await store.users.save(change);
    expect((await call(browser)).status).toBe(403);
  }
  await store.users.save(aUser());
  const browser = await signIn();
  await store.users.remove(ANN);
  expect((await whoAmI(browser.cookie)).status).toBe(401);
});

test("sessions outlive a restart, and the database does not hold what a cookie says", async () => {
  const browser = await signIn();
  await api.close();
  await start();
  expect((await whoAmI(browser.cookie)).status).toBe(200);
  const { rows } = await store.sessions.list({ after: null, limit: 10 });
  expect(JSON.stringify(rows)).not.toContain(browser.cookie.split("=")[1]);
});

test("the twenty-first session of a user ends their oldest", async () => {
  const { sessions } = testSignIn(store, vault, { clock });
  const owner = { kind: "user", userArn: ANN, userId: "AIDAANN" } as const;
  const cookies: string[] = [];
  for (let count = 0; count < 20; count++) {
    nowMs += 1_000;
    const wish = { owner, method: "password" } as const;
    const { token } = await sessions.begin(wish, { sourceAddress: null, userAgent: null });
    cookies.push(`slipway-session=${token}`);
  }
  expect((await whoAmI(cookies[0] ?? "")).status).toBe(200);
  await signIn();
  expect((await whoAmI(cookies[0] ?? "")).status).toBe(401);
  expect((await whoAmI(cookies[1] ?? "")).status).toBe(200);
});

test("who must change the password may do nothing else, and sign out", async () => {
  allowed.add("iam:ChangePassword");
  await store.users.save(aUser({ mustChange: true }));
  const browser = await signIn();
  expect((await whoAmI(browser.cookie)).body).toMatchObject({ mustChangePassword: true });
  const reply = await call(browser);
  expect([reply.status, JSON.stringify(reply.body)]).toEqual([
    403,
    expect.stringContaining("ChangePassword"),
  ]);
  const out = await ask("/session", {
    method: "DELETE",
    headers: { cookie: browser.cookie, "x-slipway-csrf": browser.csrf, ...own() },
  });
  expect(out.status).toBe(200);
});

test("wrong and unknown look the same, and guessing soon waits; who signed in before does not", async () => {
  const known = await signIn();
  const wrong = await post({ userName: "ann", password: "not this one, no" });
  const unknown = await post({ userName: "nobody", password: "not this one, no" });
  expect(wrong.status).toBe(401);
  expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body]);
  // From the address that ann came from, and from others: each has its own count.
  for (let count = 0; count < 5; count++) await post({ userName: "ann", password: "not this one, no" });
  const later = await post({ userName: "ann", password: PASSWORD });
  expect(later.status).toBe(429);
  expect(Number(later.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(later.body["message"]).toContain("Try again in");
  await signIn({ cookie: known.device });
  nowMs += MINUTE_MS;
  await signIn();
});

test("before strangers goes whose browser or address is known", async () => {
  const askers: string[] = [];
  const noting: Passwords = {
    hash: (text) => passwords.hash(text),
    problemOf: () => null,
    verify: (text, hash, asker) => {
      askers.push(asker);
      return passwords.verify(text, hash, asker);
    },
  };
  await api.close();
  await start({ proxies: ["127.0.0.1"], signIn: testSignIn(store, vault, { clock, passwords: noting }) });
  const at = (address: string) => ({ "x-forwarded-for": address });
  const { device } = await signIn(at("192.0.2.1"));
  await signIn(at("192.0.2.1"));
  await signIn(at("192.0.2.2"));
  await signIn({ ...at("192.0.2.3"), cookie: device });
  await post({ userName: "bob", password: PASSWORD }, { ...at("192.0.2.1"), cookie: device });
  expect(askers).toEqual(["stranger", "known", "stranger", "known", "stranger"]);
});

test("the audit trail tells who signed in, who did not and from where, and never what was typed", async () => {
  await signIn();
  await post({ userName: "ann", password: "canary canary" });
  await post({ userName: "canary canary", password: "canary canary" });
  expect(audit.records).toMatchObject([
    {
      eventSource: "signin.amazonaws.com",
      eventName: "ConsoleLogin",
      principalArn: ANN,
      sourceAddress: "127.0.0.1",
      response: { ConsoleLogin: "Success" },
      errorCode: null,
    },
    { principalArn: null, parameters: { userName: "ann" }, response: { ConsoleLogin: "Failure" } },
    { parameters: { userName: "HIDDEN_DUE_TO_SECURITY_REASONS" }, errorMessage: "Failed authentication" },
  ]);
  expect(JSON.stringify([audit.records, api.log])).not.toContain("canary");
  expect(JSON.stringify([audit.records, api.log])).not.toContain(PASSWORD);
});

test("behind a proxy that is trusted the address is what it says; from others nothing is believed", async () => {
  await post({ userName: "ann", password: "wrong wrong wrong" }, { "x-forwarded-for": "192.0.2.7" });
  await api.close();
  await start({ proxies: ["127.0.0.1"] });
  await post({ userName: "ann", password: "wrong wrong wrong" }, { "x-forwarded-for": "192.0.2.7" });
  expect(audit.records.map(({ sourceAddress }) => sourceAddress)).toEqual(["127.0.0.1", "192.0.2.7"]);
});

test("what is no request to sign in is refused with what would be right", async () => {
  expect((await post({})).body["message"]).toContain("userName");
  expect((await post({ userName: "a\0b", password: PASSWORD })).status).toBe(400);
  expect((await post({ userName: "ann", password: "x".repeat(300) })).status).toBe(400);
  const text = await ask("/session", { method: "POST", headers: { ...json, ...own() }, body: "{" });
  expect(text.body).toMatchObject({ message: "The body is not JSON." });
  const large = await fetch(`${api.endpoint}/session`, {
    method: "POST",
    headers: { ...json, ...own() },
    body: "x".repeat(5000),
  });
  expect(large.status).toBe(413);
});

/** Of a new key of this principal. */
async function linkOf(principalArn: string) {
  const { row, secret } = newAccessKey(principalArn, { vault, nowMs });
  await store.accessKeys.save(row);
  const key = { id: row.id, secret };
  const made = await callOperation({ ...api, key }, "Slipway.CreateSignInLink", {});
  const [page, token = ""] = (made.body["Url"] as string).split("#link=");
  return { row, key, page, token };
}

test("a link that is asked for with a key signs in once, within a minute, as whose key it is", async () => {
  for (const [arn, name] of [
    ["arn:aws:iam::000000000000:root", "root"],
    [ANN, "ann"],
  ] as const) {
    const { page, token } = await linkOf(arn);
    expect(page).toBe("http://slipway.test:7070/console/");
    const reply = await post({ link: token });
    expect(reply.body).toMatchObject({ name, arn, method: "link" });
    const again = await post({ link: token });
    expect([again.status, again.body["code"]]).toEqual([401, "LinkExpired"]);
  }
  const { token } = await linkOf(ANN);
  nowMs += MINUTE_MS;
  expect((await post({ link: token })).status).toBe(401);
  expect(audit.records.at(-1)).toMatchObject({
    eventName: "ConsoleLogin",
    parameters: { method: "link" },
    response: { ConsoleLogin: "Failure" },
  });
  expect(JSON.stringify([audit.records, api.log])).not.toContain(token);
});

test("what a link began ends with the key that it was asked for with", async () => {
  const { row, token } = await linkOf(ANN);
  const reply = await post({ link: token });
  const cookie = reply.cookies[0]?.split(";", 1)[0] ?? "";
  expect((await whoAmI(cookie)).status).toBe(200);
  await store.accessKeys.save({ ...row, isActive: false });
  expect((await whoAmI(cookie)).status).toBe(401);
  const late = await linkOf(ANN);
  await store.accessKeys.remove(late.row.id);
  expect((await post({ link: late.token })).status).toBe(401);
});

test("a session cannot make links, so that none goes on for ever", async () => {
  const browser = await signIn();
  const reply = await call(browser, {}, "Slipway.CreateSignInLink");
  expect([reply.status, JSON.stringify(reply.body)]).toEqual([400, expect.stringContaining("access key")]);
});

test("a live tail comes by a session, and is asked whether its session holds", async () => {
  const logs = new FakeServiceLog({ clock });
  await api.close();
  api = await startTestApi({ logs, publicApiUrl: "http://slipway.test:7070" });
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  await api.store.users.save({ ...aUser(), inlinePolicies: { all: JSON.stringify(everything) } });
  const { ServiceId = "" } = await makeService(api);
  logs.print({ serviceId: ServiceId, serviceName: "web1" }, "b".repeat(32), "hello");
  const browser = await signIn();
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "Logs_20140328.StartLiveTail",
    cookie: browser.cookie,
    "x-slipway-csrf": browser.csrf,
    ...own(),
  };
  const group = `arn:aws:logs:us-east-1:000000000000:log-group:/aws/apprunner/web1/${ServiceId}/application`;
  const ending = new AbortController();
  const reply = await fetch(api.endpoint, {
    method: "POST",
    headers,
    body: JSON.stringify({ logGroupIdentifiers: [group] }),
    signal: ending.signal,
  });
  expect([reply.status, reply.headers.get("content-type")]).toEqual([
    200,
    "application/vnd.amazon.eventstream",
  ]);
  const { value } = await (reply.body ?? new ReadableStream<Uint8Array>()).getReader().read();
  expect(Buffer.from(value ?? []).toString()).toContain("sessionStart");
  ending.abort();
  const asked: string[] = [];
  const options = {
    publicUrl: new URL("http://slipway.test:7070"),
    sessions: { holds: (token: string) => Promise.resolve(asked.push(token) > 0) },
  };
  const rawHeaders = ["cookie", browser.cookie, "host", "127.0.0.1"];
  const head = { method: "POST", target: "/", rawHeaders };
  expect(await sessionWatch(head, options)?.()).toBe(true);
  expect(asked).toEqual([browser.cookie.split("=")[1]]);
  expect(sessionWatch({ ...head, rawHeaders: [...rawHeaders, "authorization", "x"] }, options)).toBeNull();
});

const changePassword = (browser: Browser, OldPassword: string, NewPassword: string) =>
  ask("/", {
    method: "POST",
    body: JSON.stringify({ OldPassword, NewPassword }),
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSIdentityManagementV20100508.ChangePassword",
      cookie: browser.cookie,
      "x-slipway-csrf": browser.csrf,
      ...own(),
    },
  });

test("a password that must be changed becomes another one without a policy for it, and every session of the old one is over", async () => {
  await store.users.save(aUser({ mustChange: true }));
  const [browser, other] = [await signIn(), await signIn()];
  const same = await changePassword(browser, PASSWORD, PASSWORD);
  expect([same.status, JSON.stringify(same.body)]).toEqual([400, expect.stringContaining("another one")]);
  expect((await changePassword(browser, PASSWORD, "a brand new one")).status).toBe(200);
  expect((await whoAmI(browser.cookie)).status).toBe(401);
  expect((await whoAmI(other.cookie)).status).toBe(401);
  const reply = await post({ userName: "ann", password: "a brand new one" });
  expect(reply.body).toMatchObject({ name: "ann", mustChangePassword: false });
});

test("who took a session over cannot guess the password with it, nor keep its user from signing in", async () => {
  allowed.add("iam:ChangePassword");
  const taken = await signIn();
  const statuses: number[] = [];
  for (let count = 0; count < 7; count++) {
    const { status, body } = await changePassword(taken, `guess number ${count}`, "a brand new one");
    statuses.push(JSON.stringify(body).includes("ThrottlingException") ? 429 : status);
  }
  expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429]);
  await signIn();
});

test("whatever is sent to the session's routes, nobody gets in and nothing breaks", async () => {
  const { cookie } = await signIn();
  const value = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.constantFrom(cookie, "ann", "null", "slipway-session="),
  );
  const header = value.map((text) => text.replaceAll(/[^\x20-\x7e]/g, "?").trim());
  const body = fc.oneof(
    fc.json(),
    fc.record({ userName: value, password: value }).map((one) => JSON.stringify(one)),
    value,
  );
  const path = fc.constantFrom(
    "/session",
    "/session/all",
    "/session/all/x",
    "/session/all/%ff",
    "/session/oidc?a=b",
  );
  await fc.assert(
    fc.asyncProperty(path, header, header, body, async (where, planted, other, text) => {
      const headers = {
        ...json,
        ...own(),
        cookie: planted,
        "x-slipway-csrf": other,
        "x-forwarded-for": other,
      };
      for (const method of ["POST", "GET", "DELETE"]) {
        const reply = await fetch(`${api.endpoint}${where}`, {
          method,
          headers,
          ...(method !== "GET" && { body: text }),
        });
        await reply.text();
        expect(reply.status).toBeLessThan(500);
        expect(reply.headers.getSetCookie().filter((one) => /session=[^;]/.test(one))).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
  expect((await whoAmI(cookie)).status).toBe(200);
});
