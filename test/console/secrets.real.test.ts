/** Secrets, parameters and keys by clicks: a value is seen by who asks for it, and stays nowhere afterwards. */
import type { Locator } from "@playwright/test";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConsoleBrowser, expectPage } from "../support/browser.ts";
import { clearUp } from "../support/clear-up.ts";
import { Installation } from "../support/installation.ts";

const FIRST = "correct-horse-7391";
const SECOND = "battery-staple-2846";
const PARAMETER = "seven-quiet-otters-518";
const TWO_LINES_PX = 44;

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
const heading = (name: string) => browser.page.getByRole("heading", { level: 1, name, exact: true });

/** What the page holds in sight or out of it, and what the browser keeps for it. */
async function everythingKept(): Promise<string> {
  const kept = await browser.page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
  const fields = await browser.page
    .locator("input, textarea")
    .evaluateAll((all) => all.map((one) => (one as unknown as { value: string }).value).join("\n"));
  return `${await browser.page.content()}\n${fields}\n${kept}\n${browser.page.url()}`;
}

test("a secret is made, shown when asked for, changed, and brought back", async () => {
  const { page } = browser;
  await browser.go("/secrets");
  await browser.expectAccessible("Secrets");
  await press("Create secret");
  await dialog().getByLabel("Name", { exact: true }).fill("shop/db");
  await dialog().getByLabel("Value", { exact: true }).fill(FIRST);
  await browser.expectAccessible("Secrets");
  await press("Create secret", dialog());

  await expectPage(heading("shop/db")).toBeVisible();
  expect(await everythingKept()).not.toContain(FIRST);
  await press("Show the value");
  await expectPage(page.getByText(FIRST)).toBeVisible();
  await browser.expectAccessible("shop/db");
  await press("Hide");
  await expectPage(page.getByText(FIRST)).toHaveCount(0);

  await press("New version");
  await dialog().getByLabel("Value", { exact: true }).fill(SECOND);
  await press("New version", dialog());
  await expectPage(dialog()).toHaveCount(0);
  await press("Show the value");
  await expectPage(page.getByText(SECOND)).toBeVisible();

  await press("Make current");
  await press("Make current", dialog());
  await expectPage(dialog()).toHaveCount(0);
  await press("Hide");
  await press("Show the value");
  await expectPage(page.getByText(FIRST)).toBeVisible();

  await browser.go("/parameters");
  await browser.expectAccessible("Parameters");
  expect(await everythingKept()).not.toMatch(new RegExp(`${FIRST}|${SECOND}`));
});

test("on a phone an ARN is not cut into a column of letters", async () => {
  const { page } = browser;
  const former = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await browser.go("/secrets/shop%2Fdb");
  const arn = page.locator("main").getByText(/^arn:aws:secretsmanager:/);
  const heightPx = async () => (await arn.first().boundingBox())?.height;
  await expect.poll(heightPx).toBeLessThanOrEqual(TWO_LINES_PX);
  if (former !== null) await page.setViewportSize(former);
});

test("keys and values are kept as JSON, and shown as keys and values", async () => {
  await browser.go("/secrets");
  await press("Create secret");
  await dialog().getByLabel("Name", { exact: true }).fill("shop/pairs");
  await dialog().getByText("Keys and values").click();
  await dialog().getByLabel("Key 1").fill("user");
  await dialog().getByLabel("Value 1").fill(FIRST);
  await press("Create secret", dialog());
  await expectPage(heading("shop/pairs")).toBeVisible();
  await press("Show the value");
  await expectPage(browser.page.getByText(FIRST)).toBeVisible();
  const { SecretString } = await slipway
    .client()
    .call("secretsmanager.GetSecretValue", { SecretId: "shop/pairs" });
  expect(JSON.parse(SecretString ?? "")).toEqual({ user: FIRST });
});

test("a secret goes when its name is typed, and can be restored", async () => {
  await browser.go("/secrets/shop%2Fpairs");
  await press("Delete");
  const remove = dialog().getByRole("button", { name: "Delete", exact: true });
  await expectPage(remove).toBeDisabled();
  await dialog().getByPlaceholder("shop/pairs").fill("shop/pairs");
  await remove.click();
  await press("Restore");
  await expectPage(browser.page.getByRole("button", { name: "New version" })).toBeVisible();
});

test("parameters stand in a tree; a SecureString is opened when asked for", async () => {
  const { page } = browser;
  await browser.go("/parameters");
  for (const [name, kind] of [
    ["/shop/key", "SecureString"],
    ["/shop/host", "String"],
  ] as const) {
    await press("Create parameter");
    await dialog().getByLabel("Name", { exact: true }).fill(name);
    await dialog().getByRole("radio", { name: kind, exact: false }).last().check();
    await dialog().getByLabel("Value", { exact: true }).fill(PARAMETER);
    await press("Create parameter", dialog());
    await expectPage(heading(name)).toBeVisible();
    await browser.go("/parameters");
  }
  await expectPage(page.getByText("2 parameters")).toBeVisible();
  await page.getByPlaceholder("Find parameters").fill("key");
  await page.getByRole("link", { name: "/shop/key" }).click();
  await expectPage(heading("/shop/key")).toBeVisible();
  await browser.expectAccessible("/shop/key");
  await press("Show the value");
  await expectPage(page.getByText(PARAMETER)).toBeVisible();
  await press("Show the values");
  await expectPage(page.getByText(PARAMETER)).toHaveCount(2);
  await browser.go("/keys");
  await browser.expectAccessible("Encryption keys");
  expect(await everythingKept()).not.toContain(PARAMETER);
});

test("a key is made, its deletion asks for its name and says what is lost, and is cancelled", async () => {
  const { page } = browser;
  await browser.go("/keys");
  await press("Create key");
  await dialog().getByLabel("Alias", { exact: true }).fill("shop");
  await press("Create key", dialog());
  await expectPage(heading("shop")).toBeVisible();
  await browser.expectAccessible("shop");
  await press("Schedule deletion");
  await expectPage(dialog()).toContainText("can never be read again");
  await dialog().getByPlaceholder("shop").fill("shop");
  await press("Schedule deletion", dialog());
  await expectPage(page.getByText("This key is about to be deleted")).toBeVisible();
  await press("Cancel the deletion");
  await press("Enable");
  await expectPage(page.getByRole("button", { name: "Disable", exact: true })).toBeVisible();
});

test("the master key is rotated by a click", async () => {
  await browser.go("/keys");
  await press("Rotate the master key");
  await press("Rotate the master key", dialog());
  await expectPage(browser.page.getByText("The vault is under another master key now.")).toBeVisible();
  await expectPage(browser.page.getByText("Old files", { exact: false }).first()).toBeVisible();
});
