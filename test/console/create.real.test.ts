/** The wizard: from nothing to a URL by clicks alone, for an image and for source code; what is wrong is told where it is. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GitServer, startGitServer } from "../../src/sources/testing/git-server.ts";
import { TestRepository } from "../../src/sources/testing/test-repository.ts";
import { ConsoleBrowser, expectPage } from "../support/browser.ts";
import { clearUp } from "../support/clear-up.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { waitFor } from "../support/wait-for.ts";

const RUNNING_MS = 30_000;

let slipway: Installation;
let browser: ConsoleBrowser;
let images: TestImages;
let root: string;
let host: GitServer;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "slipway-git-"));
  host = await startGitServer({ root });
  images = await buildTestImages();
  slipway = await Installation.create({ env: { SLIPWAY_GIT_OVER_HTTP: "true" } });
  await slipway.start();
  browser = await ConsoleBrowser.open(slipway);
});

afterAll(async () => {
  await clearUp(
    () => browser.close(),
    () => slipway.remove(),
    () => images.remove(),
    () => host[Symbol.asyncDispose](),
    () => rmSync(root, { recursive: true }),
    () => browser.expectNoComplaints(),
  );
});

const field = (name: string) => browser.page.getByRole("textbox", { name, exact: true });
const image = () => browser.page.getByRole("combobox", { name: "Container image", exact: true });
const press = (name: string) => browser.page.getByRole("button", { name, exact: true }).click();
const step = (name: string) => browser.page.getByRole("heading", { level: 1, name, exact: true });
/** What the API was asked to make, as it tells of it. */
const described = async (name: string) => {
  const client = slipway.client();
  const { ServiceSummaryList } = await client.call("AppRunner.ListServices", {});
  const arn = ServiceSummaryList.find(({ ServiceName }) => ServiceName === name)?.ServiceArn ?? "";
  return (await client.call("AppRunner.DescribeService", { ServiceArn: arn })).Service;
};

/** Without what a test before left half-way. */
async function openFresh(query = "") {
  await browser.page.evaluate(() => sessionStorage.clear());
  await openWizard(query);
  await browser.reload();
}

async function openWizard(query = "") {
  await browser.go(`/services/create${query}`);
  await expectPage(browser.page).toHaveTitle(/^Create service/);
  await expectPage(browser.page.locator("main h1")).toBeVisible();
}

test("an image becomes a service that answers, by clicks alone through all steps", async () => {
  const { page } = browser;
  await openFresh();
  // What was built on this machine is there to choose.
  await image().fill(images.app.slice(0, -1));
  await page.getByRole("option", { name: images.app }).click();
  await expectPage(image()).toHaveValue(images.app);
  await expectPage(page.getByText("exposes port 8080")).toBeVisible();
  await browser.expectAccessible("Source and deployment");
  await browser.picture("create");
  await press("Next");

  await field("Service name").fill("shop");
  await press("Paste .env");
  await field("Lines of KEY=VALUE").fill("GREETING='hello $HOME'\n# no more");
  await press("Take 1 variable");
  await browser.expectAccessible(/^Service$/);
  await press("Next");

  await page.getByRole("radio", { name: "Numbers of its own" }).click();
  await field("Concurrency").fill("50");
  await field("Maximum instances").fill("8");
  await page.getByRole("radio", { name: "HTTP", exact: true }).click();
  await field("Path").fill("/health");
  await field("Interval").fill("1");
  await expectPage(page.getByRole("img", { name: /^Instances\./ })).toBeVisible();
  await expectPage(page.getByText("Cost a month", { exact: true })).toBeVisible();
  await browser.expectAccessible("Scaling and health");
  await browser.picture("create-scaling");
  await press("Next");

  await browser.expectAccessible("Networking and security");
  await press("Next");
  await page.getByRole("checkbox", { name: "Access log" }).click();
  await press("Add tag");
  await field("Key").fill("team");
  await field("Value").fill("shop");
  await browser.expectAccessible("Observability and tags");
  await press("Next");

  await expectPage(page.getByText("1 to 8 instances, 50 requests each")).toBeVisible();
  await browser.expectAccessible("Review and create");
  await browser.picture("create-review");
  const command = await page.getByRole("region", { name: "AWS CLI" }).locator(".code-line").allTextContents();
  await press("Create service");
  await expectPage(page.getByRole("heading", { level: 1, name: "shop" })).toBeVisible({
    timeout: RUNNING_MS,
  });
  expect(page.url()).toMatch(/\/services\/[0-9a-f]{32}\/activity$/);

  const shop = await described("shop");
  expect(shop).toMatchObject({
    SourceConfiguration: {
      ImageRepository: { ImageConfiguration: { RuntimeEnvironmentVariables: { GREETING: "hello $HOME" } } },
    },
    AutoScalingConfigurationSummary: { AutoScalingConfigurationName: "shop" },
    HealthCheckConfiguration: { Protocol: "HTTP", Path: "/health", Interval: 1 },
  });
  await waitFor(async () => (await slipway.fetch(shop.ServiceUrl ?? "", "/health")).status === 200, {
    what: "an answer at the service's URL",
    timeoutMs: RUNNING_MS,
  });

  // The command that was shown makes the same service again, under another name.
  const again = command.join("").replaceAll("--service-name shop", "--service-name shop2");
  await runShell(again);
  const copy = await described("shop2");
  const told = ({ SourceConfiguration, HealthCheckConfiguration, InstanceConfiguration }: typeof shop) => ({
    SourceConfiguration,
    HealthCheckConfiguration,
    InstanceConfiguration,
  });
  expect(told(copy)).toEqual(told(shop));
});

/** As somebody would who pasted it into a terminal. */
async function runShell(command: string): Promise<void> {
  const { accessKeyId, secretAccessKey } = slipway.credentials();
  const env = {
    HOME: root,
    PATH: "/usr/bin:/bin",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_PAGER: "",
  };
  const shell = spawn("/bin/sh", ["-eu", "-c", command], { env, stdio: ["ignore", "ignore", "pipe"] });
  const [said, [code]] = await Promise.all([text(shell.stderr), once(shell, "close")]);
  expect([code, said]).toEqual([0, ""]);
}

test("source code of a repository: branches, what it holds, its commands, without a word typed on how to build", async () => {
  const repository = await TestRepository.create(join(root, "blog.git"));
  const answer = 'require("http").createServer((_, r) => r.end("blog")).listen(process.env.PORT)';
  await repository.commit({ "package.json": '{"scripts":{"start":"node server.js"}}', "server.js": answer });
  const { page } = browser;
  await openFresh();
  await page.getByRole("radio", { name: /^Source code/ }).click();
  await page.getByRole("combobox", { name: "Repository" }).fill(`${host.origin}/blog.git`);
  await page.getByRole("combobox", { name: "Branch" }).click();
  await page.getByRole("option", { name: "main" }).click();
  await press("Look into the repository");
  await expectPage(page.getByText(/A managed runtime: NODEJS_/)).toBeVisible();
  await browser.expectAccessible("Source and deployment");
  await press("Next");
  await expectPage(page.getByRole("button", { name: /^Runtime NODEJS_/ })).toBeVisible();
  await browser.expectAccessible(/^Build$/);
  await press("Next");
  await field("Service name").fill("blog");
  await expectPage(field("Start command - optional")).toHaveValue("npm start");

  // What was begun is still there after the page was left.
  await browser.go("/services");
  await expectPage(step("Services")).toBeVisible();
  await openWizard();
  await expectPage(page.getByText("What you typed before is still here.")).toBeVisible();
  await expectPage(field("Service name")).toHaveValue("blog");
  await press("Start anew");
  await expectPage(image()).toHaveValue("");
});

test("a mistake in apprunner.yaml is shown in the file, at its line", async () => {
  const repository = await TestRepository.create(join(root, "docs.git"));
  const file = "version: 1.0\nruntime: nodejs22\nrun:\n  command: node server.js\n  portt: 80\n";
  await repository.commit({ "apprunner.yaml": file });
  const { page } = browser;
  await openFresh();
  await page.getByRole("radio", { name: /^Source code/ }).click();
  await page.getByRole("combobox", { name: "Repository" }).fill(`${host.origin}/docs.git`);
  await press("Look into the repository");
  await expectPage(page.getByText(/apprunner.yaml holds a mistake/)).toBeVisible({ timeout: RUNNING_MS });
  await press("Next");
  const shown = page.getByRole("region", { name: "apprunner.yaml" });
  await expectPage(shown.getByText(/column 3: .*unknown key/)).toBeVisible();
  await expectPage(shown.locator(".code-line-wrong")).toHaveText(/portt: 80/);
});

test("what is wrong is told at its field: while typing by the rules, and in the API's words when it refuses", async () => {
  const { page } = browser;
  const { ServiceId } = await described("shop");
  await openFresh(`?from=${ServiceId}`);
  await expectPage(page.getByText("Settings of shop are taken over.", { exact: false })).toBeVisible();
  await image().fill("Not/An Image");
  await expectPage(page.getByText("Not the name of an image.", { exact: false })).toBeVisible();
  await press("Next");
  await expectPage(step("Source and deployment")).toBeVisible();
  await image().fill(images.app);
  await press("Next");
  await press("Next");
  await expectPage(page.getByText("This is needed.")).toBeVisible();
  await field("Service name").fill("shop");
  await expectPage(page.getByText("This is needed.")).toBeHidden();
  await page.getByRole("button", { name: "Skip to Review and create" }).click();
  await press("Create service");
  await expectPage(step("Service")).toBeVisible();
  await expectPage(field("Service name")).toHaveAccessibleDescription(
    /Service with the provided name already exists: shop/,
  );
  expect(await browser.takeRefusals()).toBe(1);
  await field("Service name").fill("shop3");
  await expectPage(page.getByText("already exists", { exact: false })).toBeHidden();
});

test("the health check of a running service is tried before it is changed", async () => {
  const { page } = browser;
  const { ServiceId } = await described("shop");
  await browser.go(`/services/${ServiceId}/activity`);
  await page.getByRole("link", { name: "Try its health check" }).click();
  await press("Try it now");
  await expectPage(page.getByText(/is healthy \(\d+ ms\)/)).toBeVisible();
  await field("Path").fill("/status/500");
  await press("Try it now");
  await expectPage(page.getByText(/it answers (404|500)/)).toBeVisible();
});

test("the first step can be done by keyboard alone", async () => {
  const { page } = browser;
  await openFresh();
  await page.getByRole("radio", { name: /^Container image/ }).focus();
  // Over the examples, which are folded away.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expectPage(image()).toBeFocused();
  await page.keyboard.type(images.app);
  await expectPage(page.getByText("On this machine", { exact: false })).toBeVisible();
  // Over the field's own button, the access role, and what makes one.
  for (let passed = 0; passed < 4; passed += 1) await page.keyboard.press("Tab");
  await expectPage(page.getByRole("radio", { name: /^By hand/ })).toBeFocused();
  await expectPage(page.getByRole("radio", { name: /^By hand/ })).toBeChecked();
  await page.keyboard.press("ArrowDown");
  await expectPage(page.getByRole("radio", { name: /^Automatic/ })).toBeChecked();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expectPage(page.getByRole("button", { name: "Next" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expectPage(step("Service")).toBeVisible();
});
