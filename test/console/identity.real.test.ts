/**
 * Users by clicks: one is made with a policy, signs in, is refused something and reads why; the audit trail has the call, and
 * the policy tester names the statement.
 */
import type { Browser, Locator, Page, Route } from "@playwright/test";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConsoleBrowser, expectPage } from "../support/browser.ts";
import { clearUp } from "../support/clear-up.ts";
import { Installation } from "../support/installation.ts";

const FIRST_PASSWORD = "first words of bob";
const OWN_PASSWORD = "own words of bob 42";
const NO_SECRETS = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Sid: "Look", Effect: "Allow", Action: ["apprunner:*", "slipway:Get*"], Resource: "*" },
    { Sid: "NoSecrets", Effect: "Deny", Action: "secretsmanager:*", Resource: "*" },
  ],
});

let slipway: Installation;
let browser: ConsoleBrowser;

beforeAll(async () => {
  slipway = await Installation.create();
  await slipway.start();
  browser = await ConsoleBrowser.open(slipway);
});

afterAll(async () => {
  await clearUp(
    () => browser.close(),
    () => slipway.remove(),
    () => browser.expectNoComplaints(),
  );
});

const dialog = (): Locator => browser.page.getByRole("dialog");
const press = (name: string, within: Locator = browser.page.locator("body")) =>
  within.getByRole("button", { name, exact: true }).first().click();
const heading = (name: string, page: Page = browser.page) =>
  page.getByRole("heading", { level: 1, name, exact: true });

async function choose(field: Locator, option: string | RegExp): Promise<void> {
  await field.click();
  await field.page().getByRole("option", { name: option }).first().click();
}

test("a user is made with a first password, which is shown once", async () => {
  const { page } = browser;
  await browser.go("/users");
  await browser.expectAccessible("Users");
  await press("Create user");
  await dialog().getByLabel("User name", { exact: true }).fill("bob");
  await dialog().getByLabel("With a first password", { exact: false }).check();
  await dialog().getByLabel("Password", { exact: true }).fill(FIRST_PASSWORD);
  await press("Create user", dialog());
  await expectPage(dialog()).toContainText("The user bob is made");
  await expectPage(dialog()).toContainText(FIRST_PASSWORD);
  await dialog().getByRole("link", { name: "Open the user" }).click();
  await expectPage(heading("bob")).toBeVisible();
  await expectPage(page.getByRole("link", { name: "IAMUserChangePassword" })).toBeVisible();
  await browser.expectAccessible("bob");
  expect(await page.content()).not.toContain(FIRST_PASSWORD);
});

test("a policy is written by choosing and by hand; what the API refuses is marked at its line", async () => {
  const { page } = browser;
  await press("Add inline policy");
  await dialog().getByLabel("Name", { exact: true }).fill("work");
  await press("Add to the policy", dialog());
  const text = dialog().getByRole("textbox", { name: "Policy", exact: true });
  await expectPage(text).toHaveValue(/"Sid": "ReadServices"/);
  await dialog().getByRole("button", { name: "What its actions do" }).click();
  const described = dialog().getByRole("row", { name: /^apprunner:DescribeService/ });
  await expectPage(described).toContainText("Shows a service's status and configuration");
  await expectPage(described).toContainText("allowed");
  await expectPage(dialog().getByRole("row", { name: /^apprunner:DeleteService/ })).toHaveCount(0);
  await text.fill(NO_SECRETS.replace('"Deny"', '"deny"'));
  await press("Format", dialog());
  await press("Save", dialog());
  await expectPage(dialog()).toContainText(/Line 15: Invalid effect: deny/);
  await text.fill(NO_SECRETS);
  await press("Save", dialog());
  await expectPage(dialog()).toHaveCount(0);
  await expectPage(page.getByRole("button", { name: "work", exact: true })).toBeVisible();
  expect(await browser.takeRefusals()).toBe(1);
});

const isOfApi = ({ pathname }: URL) => pathname === "/";
const late: (() => Promise<void>)[] = [];
const { promise: isDeleted, resolve: setDeleted } = Promise.withResolvers<void>();

/** When a key was used is asked only when it is deleted already, and the page has not heard so: there is no such key then. */
async function askLate(route: Route): Promise<void> {
  const target = route.request().headers()["x-amz-target"] ?? "";
  // It may have been given up.
  const ask = () => route.continue().catch(() => undefined);
  if (target.endsWith(".GetAccessKeyLastUsed")) return void late.push(ask);
  if (!target.endsWith(".DeleteAccessKey")) return ask();
  const response = await route.fetch();
  for (const askNow of late.splice(0)) await askNow();
  // What was asked before is answered before.
  await browser.page.evaluate("fetch('.').then((answer) => answer.text())");
  await route.fulfill({ response });
  setDeleted();
}

test("an access key is shown once, turned off and deleted", async () => {
  const { page } = browser;
  await press("Create access key");
  await expectPage(dialog()).toContainText("aws_secret_access_key");
  const [, secret = "-"] = /aws_secret_access_key = (\S+)/.exec(await dialog().innerText()) ?? [];
  // A click beside it loses nothing.
  await page.mouse.click(5, 400);
  await expectPage(dialog()).toContainText(secret);
  await press("I have kept it", dialog());
  await expectPage(dialog()).toHaveCount(0);
  expect(await page.content()).not.toContain(secret);
  await page.route(isOfApi, askLate);
  await page.getByRole("button", { name: /^Deactivate AKIA/ }).click();
  await page.getByRole("button", { name: /^Activate AKIA/ }).click();
  await expectPage(page.getByRole("button", { name: /^Deactivate AKIA/ })).toBeVisible();
  await page.getByRole("button", { name: /^Delete AKIA/ }).click();
  await press("Delete", dialog());
  await expectPage(page.getByText("No access keys")).toBeVisible();
  // The live stream may tell of it before.
  await isDeleted;
  await page.unroute(isOfApi, askLate);
});

test("the user signs in, must choose a password, and is refused what a policy denies", async () => {
  const engine: Browser | null = browser.page.context().browser();
  const context = await engine?.newContext();
  const page = await context?.newPage();
  if (context === undefined || page === undefined) throw new Error("there is no browser");
  const home = new URL(browser.page.url());
  home.hash = "";
  await page.goto(`${home.href}#/services`);
  await page.getByLabel("User name", { exact: true }).fill("bob");
  await page.getByLabel("Password", { exact: true }).fill(FIRST_PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByLabel("Present password", { exact: true }).fill(FIRST_PASSWORD);
  await page.getByLabel("New password", { exact: true }).fill(OWN_PASSWORD);
  await page.getByLabel("New password again", { exact: true }).fill(OWN_PASSWORD);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expectPage(heading("Services", page)).toBeVisible();
  await page.goto(`${home.href}#/secrets`);
  await expectPage(page.getByText("It needs secretsmanager:ListSecrets. An administrator can")).toBeVisible();
  await expectPage(
    page.getByRole("link", { name: "Secrets" }).locator("xpath=..").getByLabel("You may not see this"),
  ).toBeVisible();
  await context.close();
});

test("the audit trail has the refused call, and leads to the statement that denied it", async () => {
  const { page } = browser;
  // The page of secrets need not have asked: what is known to be denied is not.
  const { AccessKey } = await slipway
    .client()
    .call("AWSIdentityManagementV20100508.CreateAccessKey", { UserName: "bob" });
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey;
  const bob = slipway.client({ accessKeyId, secretAccessKey });
  await expect(bob.call("secretsmanager.ListSecrets", {})).rejects.toThrow("secretsmanager:ListSecrets");
  await browser.go("/audit");
  await browser.expectAccessible("Audit trail");
  await choose(page.getByLabel("Outcome", { exact: true }), "Refused or failed");
  await choose(page.getByLabel("Kind", { exact: true }), "Reads too");
  await page.getByLabel("Who", { exact: true }).fill("bob");
  await page.getByLabel("Who", { exact: true }).press("Enter");
  const call = page.getByRole("button", { name: /Details of ListSecrets/ }).first();
  await expectPage(call).toBeVisible();
  await expectPage(page.getByRole("cell", { name: "root", exact: true })).toHaveCount(0);
  await press("Verify the chain");
  await expectPage(page.getByText("Nothing was changed, removed or put in")).toBeVisible();
  await browser.picture("audit");
  await call.click();
  await expectPage(dialog()).toContainText("secretsmanager:ListSecrets");
  await browser.expectAccessible("Audit trail");
  await dialog().getByRole("link", { name: "Why? Ask the policy tester" }).click();

  await expectPage(heading("Policy tester")).toBeVisible();
  await expectPage(page.getByText(/Denied by NoSecrets of the inline policy work/)).toBeVisible();
  await expectPage(page.locator(".json-editor-mark")).toHaveCount(1);
  await browser.expectAccessible("Policy tester");
});

test("several actions make a matrix, and each tells why", async () => {
  const { page } = browser;
  const actions = page.getByLabel("Does what", { exact: false }).first();
  await actions.click();
  await page.keyboard.type("apprunner:DescribeService");
  await page
    .getByRole("option", { name: /apprunner:DescribeService/ })
    .first()
    .click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Allowed\. Show why: apprunner:DescribeService/ }).click();
  await expectPage(page.getByText(/Allowed by Look of the inline policy work/)).toBeVisible();
  await browser.picture("policy-tester");
});

test("a role for instances reads the secrets that were chosen, and a policy of one's own goes to who has it", async () => {
  const { page } = browser;
  await slipway
    .client()
    .call("secretsmanager.CreateSecret", { Name: "shop/db", SecretString: "quiet-words" });
  await browser.go("/roles");
  await browser.expectAccessible("Roles");
  await press("Create role");
  await dialog().getByLabel("Role name", { exact: true }).fill("shop");
  await choose(dialog().getByLabel("Secrets it may read", { exact: false }).first(), "shop/db");
  await page.keyboard.press("Escape");
  await press("Create role", dialog());
  await expectPage(heading("shop")).toBeVisible();
  await expectPage(page.getByRole("button", { name: "reads", exact: true })).toBeVisible();
  await browser.expectAccessible("shop");

  await browser.go("/policies");
  await browser.expectAccessible("Policies");
  await press("Create policy");
  await dialog().getByLabel("Policy name", { exact: true }).fill("deployers");
  await press("Add to the policy", dialog());
  await press("Create policy", dialog());
  await expectPage(heading("deployers")).toBeVisible();
  await browser.expectAccessible("deployers");
});

test("who may only read finds controls that say why they cannot be used, and is not refused anything", async () => {
  const IAM = "AWSIdentityManagementV20100508";
  const root = slipway.client();
  await root.call(`${IAM}.CreateUser`, { UserName: "rita" });
  await root.call(`${IAM}.AttachUserPolicy`, {
    UserName: "rita",
    PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
  });
  const reader = await browser.openFor(slipway, "rita");
  const { page } = reader;
  const expectDenied = async (name: string, action: string) => {
    const button = page.getByRole("button", { name, exact: true }).first();
    await expectPage(button).toHaveAttribute("aria-disabled", "true");
    await expectPage(button).toHaveAccessibleDescription(new RegExp(`it needs ${action}`));
    await button.focus();
    await expectPage(button).toBeFocused();
  };
  await reader.go("/secrets/shop%2Fdb");
  await expectDenied("Show the value", "secretsmanager:GetSecretValue");
  await expectDenied("New version", "secretsmanager:PutSecretValue");
  await reader.expectAccessible("shop/db");
  await reader.go("/users/bob");
  await expectDenied("Create access key", "iam:CreateAccessKey");
  await expectDenied("Delete", "iam:DeleteUser");
  await reader.expectAccessible("bob");
  await reader.go("/services/create");
  await expectPage(page.getByText("You may not create services")).toBeVisible();

  // What is allowed from now on can be done from now on, without a reload.
  await reader.go("/secrets/shop%2Fdb");
  await expectDenied("Show the value", "secretsmanager:GetSecretValue");
  const Statement = [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "*" }];
  await root.call(`${IAM}.PutUserPolicy`, {
    UserName: "rita",
    PolicyName: "reveal",
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
  });
  await page.getByRole("button", { name: "Show the value", exact: true }).click();
  await expectPage(page.getByTestId("shown-value")).toHaveText("quiet-words");
  await root.call(`${IAM}.DeleteUserPolicy`, { UserName: "rita", PolicyName: "reveal" });

  // Who looks after users ends her session, and her window asks her to sign in.
  reader.expectNoComplaints();
  await browser.go("/users/rita");
  await browser.page.getByRole("button", { name: /^End the session that began/ }).click();
  await expectPage(browser.page.getByText("No sessions")).toBeVisible();
  await expectPage(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  await reader.closeWindow();
});

test("who may do nothing at all is asked nothing by what stands around the page", async () => {
  await slipway.client().call("AWSIdentityManagementV20100508.CreateUser", { UserName: "nora" });
  const newcomer = await browser.openFor(slipway, "nora");
  const { page } = newcomer;
  const readAnew = async () => {
    await browser.reload();
    await expectPage(heading("There is no such page", page)).toBeVisible();
    // By then it is known what she may not read.
    await expectPage(page.getByRole("navigation").getByLabel("You may not see this").first()).toBeVisible();
  };
  // Where nothing may be looked for, it is not said that nothing was found.
  await newcomer.go("/audit");
  await expectPage(page.getByText(/^It needs slipway:LookupEvents/)).toBeVisible();
  await expectPage(page.getByText("No such call")).toHaveCount(0);
  for (const name of ["Verify the chain", "Download"]) {
    const button = page.getByRole("button", { name, exact: true });
    await expectPage(button).toHaveAttribute("aria-disabled", "true");
  }
  await newcomer.go("/nowhere");
  await readAnew();
  // What the lists of services and of calls were refused.
  newcomer.complaints.splice(0);
  await readAnew();
  newcomer.expectNoComplaints();
  await newcomer.closeWindow();
});

test("a user goes with all they have when their name is typed", async () => {
  const { page } = browser;
  await browser.go("/users/bob");
  await press("Delete");
  await dialog().getByPlaceholder("bob").fill("bob");
  await press("Delete", dialog());
  await expectPage(heading("Users")).toBeVisible();
  await expectPage(page.getByRole("link", { name: "rita", exact: true })).toBeVisible();
  await expectPage(page.getByRole("link", { name: "bob", exact: true })).toHaveCount(0);
});
