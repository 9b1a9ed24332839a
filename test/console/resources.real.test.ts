/** What services share, by clicks: configurations of scaling and observability, networks, connections, repositories. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Locator } from "@playwright/test";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConsoleBrowser, expectPage } from "../support/browser.ts";
import { clearUp } from "../support/clear-up.ts";
import { Installation } from "../support/installation.ts";

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

const button = (name: string | RegExp, within: Locator = browser.page.locator("body")) =>
  within.getByRole("button", { name });
/** Of a list, by what it names. */
const row = (name: string) => browser.page.getByRole("row", { name: `Select ${name}` });
const dialog = () => browser.page.getByRole("dialog");

test("an auto scaling configuration is made, and another revision of it", async () => {
  const { page } = browser;
  await browser.go("/auto-scaling");
  await button("Create configuration").first().click();
  await page.getByLabel("Name", { exact: true }).fill("gentle");
  await page.getByLabel("Fewest instances").fill("26");
  await expectPage(dialog().getByText("1 to 25.", { exact: true })).toBeVisible();
  await page.getByLabel("Fewest instances").fill("1");
  await page.getByLabel("Most instances").fill("3");
  await expectPage(page.getByRole("img", { name: /^Instances\./ })).toBeVisible();
  await button("Create", dialog()).click();
  await expectPage(row("gentle")).toContainText("1 to 3");
  await row("gentle").getByRole("radio").check();
  await button("New revision").click();
  await page.getByLabel("Most instances").fill("4");
  await button("Create", dialog()).click();
  await expectPage(row("gentle").first()).toContainText("1 to 4");
  await row("gentle").first().getByRole("radio").check();
  await button("Try a load").click();
  await dialog().getByRole("button", { name: "Spikes" }).click();
  await expectPage(dialog().getByText("99 of 100 waited at most")).toBeVisible();
  await page.keyboard.press("Escape");
  await browser.expectAccessible("Auto scaling");
});

test("a network, a group and a connector are made, and the picture shows them", async () => {
  const { page } = browser;
  await browser.go("/networking");
  await button("Create network").first().click();
  await page.getByLabel("Name", { exact: true }).fill("office");
  await page.getByLabel("Addresses", { exact: true }).fill("10.0.5.300");
  await button("Create", dialog()).click();
  await expectPage(dialog().getByText("is no IPv4 address or range", { exact: false })).toBeVisible();
  expect(await browser.takeRefusals()).toBe(1);
  await page.getByLabel("Addresses", { exact: true }).fill("10.0.5.0/24");
  await button("Create", dialog()).click();
  await expectPage(row("office")).toContainText("10.0.5.0/24");

  await button("Create network").first().click();
  await page.getByLabel("Name", { exact: true }).fill("postgres-only");
  await page.getByLabel("Security group").check();
  await page.getByLabel("Port", { exact: true }).fill("5432");
  await button("Create", dialog()).click();
  await expectPage(row("postgres-only")).toContainText("tcp:5432");

  await button("Create connector").first().click();
  await page.getByLabel("Name", { exact: true }).fill("database");
  await button(/^Subnets/, dialog()).click();
  await page.getByRole("option", { name: /office/ }).click();
  await page.keyboard.press("Escape");
  await button(/^Security groups/, dialog()).click();
  await page.getByRole("option", { name: /postgres-only/ }).click();
  await page.keyboard.press("Escape");
  await button(/^Create$/, dialog()).click();
  await expectPage(row("database")).toContainText("postgres-only");
  await expectPage(page.getByText("database reaches office.")).toBeAttached();
  await row("office").getByRole("radio").check();
  await button("Delete").nth(1).click();
  await expectPage(dialog()).toContainText("Connectors still name it, delete them first: database.");
  await expectPage(button("Delete", dialog())).toBeDisabled();
  await button("Cancel", dialog()).click();
  await browser.expectAccessible("Networking");
});

/** One commit on a branch of its own, from another place than the browser. */
async function pushTo(name: string): Promise<void> {
  const { accessKeyId, secretAccessKey } = slipway.credentials();
  const url = new URL(`${slipway.info()["ApiEndpoint"] as string}/git/${name}.git`);
  url.username = accessKeyId;
  url.password = secretAccessKey;
  const directory = await mkdtemp(join(tmpdir(), "slipway-push-"));
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  const git = async (...words: readonly string[]) =>
    await promisify(execFile)("git", ["-C", directory, ...identity, ...words]);
  try {
    await git("init", "--quiet", "--initial-branch=trunk");
    await git("commit", "--quiet", "--allow-empty", "-m", "first");
    await git("push", "--quiet", url.href, "trunk");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test("connections, repositories and observability are made by clicks", async () => {
  const { page } = browser;
  await browser.go("/connections");
  await button("Create connection").first().click();
  await page.getByLabel("Name", { exact: true }).fill("forge");
  await page.getByRole("radio", { name: "Another Git host" }).check();
  await page.getByLabel("Address of the server").fill("https://git.invalid");
  await page.getByLabel("Token", { exact: true }).fill("a-token");
  await button("Connect", dialog()).click();
  await expectPage(row("forge")).toContainText("Another Git host");
  await browser.expectAccessible("Connections");
  await row("forge").getByRole("radio").check();
  await button("Delete").click();
  await button("Delete", dialog()).click();
  // What describes its row is not asked for any more: the browser would complain of the refusal.
  await expectPage(row("forge")).toHaveCount(0);

  await browser.go("/repositories");
  await button("Create repository").first().click();
  await page.getByLabel("Name", { exact: true }).fill("shop-app");
  await button("Create", dialog()).click();
  await expectPage(dialog().getByText("git push slipway main")).toBeVisible();
  await button("Close", dialog()).last().click();
  await expectPage(row("shop-app")).toContainText("nothing pushed yet");
  // The page asks for nothing by the clock: that there is something new is told to it.
  await pushTo("shop-app");
  await expectPage(row("shop-app")).toContainText("trunk");
  await expectPage(row("shop-app")).toContainText("root, ");
  await browser.expectAccessible("Repositories");
  await row("shop-app").getByRole("radio").check();
  await button("Delete").click();
  await dialog().getByRole("textbox").fill("shop-app");
  await button("Delete", dialog()).click();
  await expectPage(row("shop-app")).toHaveCount(0);

  await button("Create repository").first().click();
  await page.getByLabel("Name", { exact: true }).fill("sample");
  await button(/^What it begins with/, dialog()).click();
  await page.getByRole("option", { name: /^Hello/ }).click();
  await button("Create", dialog()).click();
  await button("Close", dialog()).last().click();
  await expectPage(row("sample")).toContainText("main");
  const { CodeRepository } = await slipway
    .client()
    .call("Slipway.DetectSource", { RepositoryUrl: "slipway://sample" });
  expect(CodeRepository.SourceCodeVersion.Value).toBe("main");

  await browser.go("/observability");
  await button("Create configuration").first().click();
  await page.getByLabel("Name", { exact: true }).fill("traced");
  await button("Create", dialog()).click();
  await expectPage(row("traced")).toContainText("OpenTelemetry");
  await expectPage(page.getByText("names no collector")).toBeVisible();
  await browser.expectAccessible("Observability");
});
