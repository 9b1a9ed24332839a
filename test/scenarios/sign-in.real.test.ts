/** People get in by a link, a password and a provider that was down at first; sessions outlive kill -9, and end when they should. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  CLIENT_SECRET,
  type OpenIdIssuer,
  startIssuer,
  visit,
} from "../../src/identity/testing/open-id-issuer.ts";
import { freePort } from "../support/free-port.ts";
import { Installation } from "../support/installation.ts";

const FIRST = "a first one, to be changed";
const SECOND = "another one, known to ann";
const POLICY = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["iam:ChangePassword", "apprunner:ListServices"], Resource: "*" }],
};

let slipway: Installation;
let endpoint: string;
let root: Browser;
let issuer: OpenIdIssuer | null = null;
const toProvider = () => fetch(`${endpoint}/session/oidc`, { redirect: "manual" });

beforeAll(async () => {
  const port = await freePort();
  slipway = await Installation.create({
    env: { SLIPWAY_OIDC_ISSUER: `http://127.0.0.1:${port}`, SLIPWAY_OIDC_CLIENT_ID: "slipway" },
  });
  endpoint = `http://127.0.0.1:${slipway.apiPort}`;
  const secretFile = join(slipway.stateDirectory, "oidc-secret");
  writeFileSync(secretFile, CLIENT_SECRET, { mode: 0o600 });
  const rules = [{ claim: "preferred_username", value: "ann", user: "{name}" }];
  writeFileSync(
    join(slipway.stateDirectory, "settings.json"),
    JSON.stringify({ oidcClientSecretFile: secretFile, oidcRules: rules }),
  );
  await slipway.start();
});

afterAll(async () => {
  await issuer?.close();
  await slipway.remove();
});

interface Me {
  readonly name: string;
  readonly csrfToken: string;
  readonly mustChangePassword: boolean;
}

interface Browser {
  readonly cookie: string;
  readonly me: Me;
}

async function signIn(wish: object): Promise<Browser | null> {
  const reply = await fetch(`${endpoint}/session`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: endpoint },
    body: JSON.stringify(wish),
  });
  if (reply.status !== 200) return null;
  return { cookie: cookieOf(reply), me: (await reply.json()) as Me };
}

function cookieOf(reply: Response): string {
  const cookie = reply.headers.getSetCookie().find((one) => one.startsWith("slipway-session="));
  return cookie?.split(";", 1)[0] ?? "";
}

function call({ cookie, me }: Browser, target: string, input: object = {}): Promise<Response> {
  return fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": `application/x-amz-json-${target.startsWith("AWS") ? "1.1" : "1.0"}`,
      "x-amz-target": target,
      "x-slipway-csrf": me.csrfToken,
      origin: endpoint,
      cookie,
    },
    body: JSON.stringify(input),
  });
}

/** By root's session. */
async function asRoot(operation: string, input: object): Promise<void> {
  const reply = await call(root, `AWSIdentityManagementV20100508.${operation}`, input);
  expect([reply.status, await reply.text()]).toEqual([200, expect.anything()]);
}

async function mustSignIn(wish: object): Promise<Browser> {
  const browser = await signIn(wish);
  if (browser === null) throw new Error("not signed in");
  return browser;
}

it("root gets in by the link of `slipway console`, once", async () => {
  const url = new URL((await slipway.slipway(["console"])).trim());
  expect([url.origin, url.pathname]).toEqual([endpoint, "/console/"]);
  const link = url.hash.replace("#link=", "");
  root = await mustSignIn({ link });
  expect(root.me).toMatchObject({ name: "root" });
  expect((await call(root, "Slipway.GetInfo")).status).toBe(200);
  expect(await signIn({ link })).toBeNull();
  expect((await toProvider()).status).toBe(503);
});

it("a user changes the password that was given to them, and what they may is what their policy says", async () => {
  await asRoot("CreateUser", { UserName: "ann" });
  const profile = ["--user-name", "ann", "--password", FIRST, "--password-reset-required"];
  await slipway.awsOf("iam", ["create-login-profile", ...profile]);
  const policy = { PolicyName: "own", PolicyDocument: JSON.stringify(POLICY) };
  await asRoot("PutUserPolicy", { UserName: "ann", ...policy });
  const first = await mustSignIn({ userName: "ann", password: FIRST });
  expect(first.me.mustChangePassword).toBe(true);
  expect((await call(first, "AppRunner.ListServices")).status).toBe(403);
  const target = "AWSIdentityManagementV20100508.ChangePassword";
  const change = await call(first, target, { OldPassword: FIRST, NewPassword: SECOND });
  expect([change.status, await change.text()]).toEqual([200, expect.anything()]);
  expect((await call(first, target, { OldPassword: SECOND, NewPassword: FIRST })).status).toBe(403);
  const ann = await mustSignIn({ userName: "ann", password: SECOND });
  expect((await call(ann, "AppRunner.ListServices")).status).toBe(200);
  expect((await call(ann, "AppRunner.ListConnections")).status).toBe(403);
});

it("sessions outlive kill -9; what a user may ends with the policy, and the session with the password", async () => {
  const ann = await mustSignIn({ userName: "ann", password: SECOND });
  await slipway.kill();
  await slipway.start();
  expect((await call(ann, "AppRunner.ListServices")).status).toBe(200);
  await asRoot("DeleteUserPolicy", { UserName: "ann", PolicyName: "own" });
  expect((await call(ann, "AppRunner.ListServices")).status).toBe(403);
  await asRoot("DeleteLoginProfile", { UserName: "ann" });
  expect((await fetch(`${endpoint}/session`, { headers: { cookie: ann.cookie } })).status).toBe(401);
});

it("a provider that was down at the start lets people in once it is there", async () => {
  const callbackUrl = `${endpoint}/session/oidc/callback`;
  const port = Number(new URL(slipway.env["SLIPWAY_OIDC_ISSUER"] ?? "").port);
  issuer = await startIssuer(callbackUrl, { preferred_username: "ann" }, port);
  const left = await toProvider();
  expect(left.status).toBe(302);
  const query = await visit(left.headers.get("location") ?? "", callbackUrl);
  const cookie = left.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
  const back = await fetch(`${callbackUrl}?${query}`, { headers: { cookie } });
  expect([back.status, await back.text()]).toEqual([200, expect.stringContaining("refresh")]);
  const me = await fetch(`${endpoint}/session`, { headers: { cookie: cookieOf(back) } });
  expect(await me.json()).toMatchObject({ name: "ann", method: "oidc" });
});

it("the audit trail has them all, and no password is in it, in the log or in the database", async () => {
  const { out, files } = await written();
  expect(out.filter(({ EventName }) => EventName === "ConsoleLogin").length).toBeGreaterThanOrEqual(5);
  expect(out[0]?.CloudTrailEvent).toContain('"eventType":"AwsConsoleSignIn"');
  for (const password of [FIRST, SECOND, CLIENT_SECRET]) expect(files.includes(password)).toBe(false);
});

async function written() {
  const { Events } = await slipway.awsOf<{
    readonly Events: readonly { readonly EventName: string; readonly CloudTrailEvent: string }[];
  }>("cloudtrail", [
    "lookup-events",
    "--lookup-attributes",
    "AttributeKey=EventName,AttributeValue=ConsoleLogin",
  ]);
  const paths = readdirSync(slipway.stateDirectory, { recursive: true, encoding: "utf8" })
    .filter((name) => name !== "oidc-secret")
    .map((name) => join(slipway.stateDirectory, name))
    .filter((path) => statSync(path).isFile());
  return { out: Events, files: Buffer.concat(paths.map((path) => readFileSync(path))) };
}
