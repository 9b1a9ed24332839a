/** Signing in to the console and out of it, as people do: by password, by link, behind a proxy's path, and when a session ends. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ConsoleBrowser, expectPage } from "../support/browser.ts";
import { clearUp } from "../support/clear-up.ts";
import { freePort } from "../support/free-port.ts";
import { Installation } from "../support/installation.ts";
import { StrippingProxy } from "../support/stripping-proxy.ts";

const FIRST = "a first one, to be changed";
const SECOND = "another one, known to ann";
const PATH = "/slipway";

let slipway: Installation;
let browser: ConsoleBrowser;
let proxy: StrippingProxy;
let publicUrl: string;

beforeAll(async () => {
  const port = await freePort();
  publicUrl = `http://127.0.0.1:${port}${PATH}`;
  slipway = await Installation.create({ env: { SLIPWAY_PUBLIC_API_URL: publicUrl } });
  proxy = await StrippingProxy.start(port, PATH, () => slipway.apiPort);
  await slipway.start();
  const client = slipway.client();
  await client.call("AWSIdentityManagementV20100508.CreateUser", { UserName: "ann" });
  await client.call("AWSIdentityManagementV20100508.CreateLoginProfile", {
    UserName: "ann",
    Password: FIRST,
    PasswordResetRequired: true,
  });
  await client.call("AWSIdentityManagementV20100508.PutUserPolicy", {
    UserName: "ann",
    PolicyName: "all",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    }),
  });
  browser = await ConsoleBrowser.open(slipway, { isSignedIn: false });
});

afterAll(async () => {
  await clearUp(
    () => browser.close(),
    () => slipway.remove(),
    () => proxy.close(),
    () => browser.expectNoComplaints(),
  );
});

beforeEach(async () => {
  await browser.page.goto("about:blank");
  await browser.page.context().clearCookies();
});

const page = () => browser.page;
const heading = (name: string) => page().getByRole("heading", { level: 1, name });

async function fillIn(password: string): Promise<void> {
  await page().getByLabel("User name").fill("ann");
  await page().getByLabel("Password", { exact: true }).fill(password);
  await page().getByRole("button", { name: "Sign in" }).click();
}

test("a wrong password is told, a first one is changed, and one is where one wanted to go", async () => {
  await browser.go("/auto-scaling");
  await expectPage(heading("Sign in to Slipway")).toBeVisible();
  await browser.expectAccessible("Sign in to Slipway");
  await fillIn("not this one, no");
  await expectPage(page().getByRole("alert")).toContainText("is not right");
  await expectPage(page().getByLabel("Password", { exact: true })).toBeFocused();
  await browser.takeRefusals(401);
  await fillIn(FIRST);
  await browser.expectAccessible("Choose a new password");
  await page().getByLabel("Present password").fill(FIRST);
  await page().getByLabel("New password", { exact: true }).fill("short");
  await page().getByLabel("New password again").fill("other");
  await page().getByRole("button", { name: "Change the password" }).click();
  await expectPage(page().getByText("At least 12 characters.")).toBeVisible();
  await expectPage(page().getByText("This is not the same")).toBeVisible();
  await page().getByLabel("New password", { exact: true }).fill(SECOND);
  await page().getByLabel("New password again").fill(SECOND);
  await page().getByRole("button", { name: "Change the password" }).click();
  await expectPage(heading("Auto scaling")).toBeVisible();
});

test("a session that ends leads to the sign-in page, and signing in back to where one was", async () => {
  await browser.go("/health");
  await fillIn(SECOND);
  await expectPage(heading("System health")).toBeVisible();
  // Another password ends all sessions, at the very moment and without a click.
  await slipway.client().call("AWSIdentityManagementV20100508.UpdateLoginProfile", {
    UserName: "ann",
    Password: SECOND,
  });
  await expectPage(page().getByText("Your session has ended.")).toBeVisible({ timeout: 40_000 });
  await fillIn(SECOND);
  await expectPage(heading("System health")).toBeVisible();
  // A cookie that is gone is found by the next call; the doctor's first round is over before.
  const again = page().getByRole("button", { name: "Check again" });
  await expectPage(again).toBeEnabled();
  await page().context().clearCookies();
  // Unless the page has found it out by itself, and the button is gone.
  await again.evaluateAll((buttons) => (buttons as unknown as { click(): void }[])[0]?.click());
  await expectPage(page().getByText("Your session has ended.")).toBeVisible();
  browser.complaints.splice(0);
});

test("before a session ends for want of use one is asked, and may stay", async () => {
  await page().route("**/console/session", async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { readonly session: object | null };
    if (body.session === null) return route.fulfill({ response: answer });
    return route.fulfill({
      json: { session: { ...body.session, idleSeconds: 90, leftSeconds: 9_000 } },
    });
  });
  await browser.go("/nodes");
  await fillIn(SECOND);
  await expectPage(heading("Nodes")).toBeVisible();
  // By signing in the session is known whole; a look later it is about to end.
  await browser.reload();
  await expectPage(page().getByRole("dialog", { name: "Are you still there?" })).toContainText(/1:[0-3]\d/);
  await page().unroute("**/console/session");
  await page().getByRole("button", { name: "Stay signed in" }).click();
  await expectPage(page().getByRole("dialog")).toBeHidden();
  await expectPage(heading("Nodes")).toBeVisible();
});

test("signing out in one tab signs out the other", async () => {
  await browser.go("/events");
  await fillIn(SECOND);
  await expectPage(heading("Events and webhooks")).toBeVisible();
  const other = await page().context().newPage();
  await other.goto(`http://127.0.0.1:${slipway.apiPort}/console/#/nodes`);
  await expectPage(other.getByRole("heading", { level: 1, name: "Nodes" })).toBeVisible();
  await page().bringToFront();
  // The live stream tells of the end before the answer is there: who signs out is not told that the session ended by itself.
  const signInPage = heading("Sign in to Slipway");
  await page().route("**/session", async (route) => {
    if (route.request().method() !== "DELETE") return route.fallback();
    const answer = await route.fetch();
    await signInPage.waitFor();
    return route.fulfill({ response: answer });
  });
  await page().getByRole("button", { name: /ann/ }).click();
  await page().getByRole("menuitem", { name: "Sign out" }).click();
  await expectPage(page().getByText("You are signed out.")).toBeVisible();
  await expectPage(other.getByRole("heading", { level: 1, name: "Sign in to Slipway" })).toBeVisible();
  await other.close();
  await page().unroute("**/session");
  browser.complaints.splice(0);
});

test("behind a proxy's path a link of `slipway console` leads in, once, and everything works", async () => {
  const link = (await slipway.slipway(["console"])).trim();
  expect(link).toMatch(new RegExp(`^${publicUrl}/console/#link=`));
  const asked: string[] = [];
  page().on("request", (request) => asked.push(request.url()));
  await page().goto(link.replace("/console/#", "/sign-in#"));
  await browser.expectAccessible("Sign in with a link");
  expect(page().url()).not.toContain("link=");
  await page().getByRole("button", { name: "Sign in" }).click();
  await expectPage(heading("Services")).toBeVisible();
  await expectPage(page().getByRole("link", { name: /^Live/ })).toBeVisible();
  await page().goto(`${publicUrl}/`);
  await expectPage(heading("Services")).toBeVisible();
  await page().goto(`${publicUrl}/console/#/account`);
  await expectPage(page().getByText(publicUrl).first()).toBeVisible();
  expect(asked.filter((url) => !url.startsWith(`${publicUrl}/`) && !url.startsWith("data:"))).toEqual([]);
  await page().goto("about:blank");
  await page().goto(link);
  await page().getByRole("button", { name: "Sign in" }).click();
  await expectPage(page().getByRole("alert")).toContainText("used already");
  await browser.takeRefusals(401);
});
