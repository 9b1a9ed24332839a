/** From an empty system to services that come up, fail, go back, rest and go: by clicks, and read from the screen. */
import { UpdateServiceCommand } from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConsoleBrowser, expectPage } from "../support/browser.ts";
import { clearUp } from "../support/clear-up.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import {
  createService,
  liveInstances,
  QUICK_HTTP,
  sdk,
  type ServiceRequest,
  type ServiceView,
  sourceConfiguration,
  waitForStatus,
} from "../support/service.ts";

const DEPLOYED = { timeout: 60_000 };
/** Of the page's table: how much of it is seen only after scrolling. */
const HIDDEN_WIDTH_PX = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(
  document.querySelector("main table").parentElement,
)`;

let slipway: Installation;
let browser: ConsoleBrowser;
let images: TestImages;
let shop: ServiceView;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
  browser = await ConsoleBrowser.open(slipway);
});

afterAll(async () => {
  await clearUp(
    () => browser.close(),
    () => slipway.remove(),
    () => images.remove(),
    () => browser.expectNoComplaints(),
  );
});

const app = (version: string, environment: Readonly<Record<string, string>> = {}): ServiceRequest => ({
  name: "shop",
  image: images.app,
  environment: { VERSION: version, ...environment },
  healthCheck: QUICK_HTTP,
  tags: { team: "red" },
});

const status = (text: string) => browser.page.locator("main").getByText(text, { exact: true }).first();
const go = (service: ServiceView, tab: string) => browser.go(`/services/${service.ServiceId}/${tab}`);

/** The shop's instance of this release, which nobody reaches through the edge yet. */
async function makeHealthy(release: number): Promise<void> {
  const instances = await liveInstances(slipway, shop.ServiceArn);
  const { Address } = instances.find(({ ReleaseNumber }) => ReleaseNumber === release) ?? {};
  expect((await fetch(`http://${Address}/toggle-health`)).status).toBe(200);
}

async function act(name: string): Promise<void> {
  await browser.page.getByRole("button", { name: "Actions", exact: true }).click();
  await browser.page.getByRole("menuitem", { name }).click();
}

test(
  "an empty system has its first service, which answers, after one click",
  { timeout: 120_000 },
  async () => {
    const { page } = browser;
    await browser.expectAccessible("Services");
    await page.getByRole("button", { name: "Deploy Hello" }).click();
    await expectPage(page.getByRole("heading", { level: 1, name: "hello" })).toBeVisible(DEPLOYED);
    await expectPage(status("Running")).toBeVisible(DEPLOYED);
    await expectPage(page.getByText("serves all requests")).toBeVisible();
    const link = page.locator("main").getByRole("link", { name: /slipway\.localhost/ });
    const url = new URL((await link.getAttribute("href")) ?? "");
    expect((await slipway.fetch(url.host, "/health")).body).toBe("ok\n");
    await browser.picture("service");
  },
);

test("at 1280 pixels, beside the navigation, the name of every tab is whole", async () => {
  const { page } = browser;
  const former = page.viewportSize();
  // What is left beside a scroll bar.
  await page.setViewportSize({ width: 1_265, height: 800 });
  await expectPage(page.getByRole("button", { name: "Close the navigation" })).toBeVisible();
  const last = page.getByRole("tab").last();
  await expectPage(last).toHaveText("Why");
  await expectPage(last).toBeInViewport({ ratio: 1 });
  if (former !== null) await page.setViewportSize(former);
});

test("a tab is opened by a click and by the arrow keys, and the way back leads to the one before", async () => {
  const { page } = browser;
  const tab = (name: string) => page.getByRole("tab", { name, exact: true });
  await tab("Logs").click();
  await expectPage(tab("Logs")).toHaveAttribute("aria-selected", "true");
  await expectPage(page).toHaveURL(/\/logs$/);
  await tab("Logs").press("ArrowRight");
  await expectPage(tab("Metrics")).toHaveAttribute("aria-selected", "true");
  await expectPage(page).toHaveURL(/\/metrics$/);
  await page.goBack();
  await expectPage(tab("Logs")).toHaveAttribute("aria-selected", "true");
});

test("who has a service finds the examples: from the list, and in the wizard", async () => {
  const { page } = browser;
  await browser.go("/services");
  await page.getByRole("link", { name: "Deploy an example" }).click();
  await expectPage(page.getByRole("button", { name: "Deploy Hello" })).toBeVisible();
  await browser.expectAccessible("Source and deployment");
  await browser.go("/services");
  await page.getByRole("link", { name: "Create service" }).click();
  await page.getByRole("button", { name: "Or begin with an example" }).click();
  await expectPage(page.getByRole("button", { name: "Deploy Hello" })).toBeVisible();
});

test("at 1400 pixels, beside the navigation, neither services nor repositories scroll sideways", async () => {
  const { page } = browser;
  const former = page.viewportSize();
  // What is left beside a scroll bar.
  await page.setViewportSize({ width: 1_385, height: 800 });
  for (const path of ["/services", "/repositories"]) {
    await browser.go(path);
    await expectPage(page.getByRole("button", { name: "Close the navigation" })).toBeVisible();
    await expectPage(page.getByRole("row").nth(1)).toContainText("hello");
    await expect.poll(() => page.evaluate(HIDDEN_WIDTH_PX)).toBe(0);
  }
  if (former !== null) await page.setViewportSize(former);
});

test("why a deployment failed is read on the screen", async () => {
  const failing = { ...app("1", { EXIT_CODE_AT_START: "3" }), name: "fails" };
  const service = await createService(slipway, failing);
  await go(service, "activity");
  await expectPage(status("Create failed")).toBeVisible(DEPLOYED);
  await expectPage(browser.page.getByText("The application ended by itself")).toBeVisible();
  await expectPage(browser.page.getByText("ending at start as asked, code 3")).toBeVisible();
  await browser.expectAccessible("fails");
  await go(service, "why");
  await expectPage(browser.page.getByText(/could not be created.*exit code 3/).first()).toBeVisible();
});

test("a deployment is seen as it happens, the old set beside the new one", { timeout: 120_000 }, async () => {
  const { page } = browser;
  shop = await createService(slipway, app("1"));
  await waitForStatus(slipway, shop.ServiceArn, "RUNNING");
  await go(shop, "activity");
  await expectPage(page.getByText("serves all requests")).toBeVisible();
  await sdk(slipway).send(
    new UpdateServiceCommand({
      ServiceArn: shop.ServiceArn,
      SourceConfiguration: sourceConfiguration(app("2", { UNHEALTHY_AT_START: "1" })),
    }),
  );
  const coming = page.getByRole("region", { name: "Release 2 gets ready" });
  await expectPage(coming.getByText("warming up").first()).toBeVisible(DEPLOYED);
  await expectPage(page.getByRole("region", { name: "Release 1 serves all requests" })).toBeVisible();
  await expectPage(page.getByText("An update is being deployed")).toBeVisible();
  await browser.picture("deployment");
  await makeHealthy(2);
  await expectPage(page.getByRole("region", { name: "Release 2 serves all requests" })).toBeVisible(DEPLOYED);
  await expectPage(page.getByText("An update is being deployed")).toBeHidden();
  expect((await slipway.fetch(shop.ServiceUrl)).body).toMatch(/^2 /);
});

test("a release comes back after one has seen what that changes", { timeout: 120_000 }, async () => {
  const { page } = browser;
  await act("Roll back…");
  const dialog = page.getByRole("dialog");
  await expectPage(dialog.getByText("Run › EnvironmentVariables › VERSION")).toBeVisible();
  await expectPage(dialog.getByText("Run › EnvironmentVariables › UNHEALTHY_AT_START")).toBeVisible();
  await dialog.getByRole("button", { name: "Roll back", exact: true }).click();
  await expectPage(page.getByRole("region", { name: "Release 3 serves all requests" })).toBeVisible(DEPLOYED);
  expect((await slipway.fetch(shop.ServiceUrl)).body).toMatch(/^1 /);
  await go(shop, "releases");
  await expectPage(page.getByText("Rollback to release 1")).toBeVisible();
  await expectPage(page.getByRole("row", { name: /Release 3/ })).toContainText("until now");
  await expectPage(page.getByRole("list").getByText(/^Release 3: in traffic/)).toBeAttached();
});

test("at 1400 pixels, beside the navigation, neither releases nor instances scroll sideways", async () => {
  const { page } = browser;
  const former = page.viewportSize();
  await page.setViewportSize({ width: 1_385, height: 800 });
  for (const tab of ["instances", "releases"]) {
    await go(shop, tab);
    await expectPage(page.getByRole("button", { name: "Close the navigation" })).toBeVisible();
    await expectPage(page.getByRole("row", { name: /Release 3/ }).first()).toBeVisible();
    await expect.poll(() => page.evaluate(HIDDEN_WIDTH_PX)).toBe(0);
  }
  if (former !== null) await page.setViewportSize(former);
});

test("every tab can be read by everybody", { timeout: 120_000 }, async () => {
  for (const tab of ["activity", "instances", "releases", "why"]) {
    await go(shop, tab);
    await expectPage(browser.page.getByRole("tabpanel").getByRole("heading").first()).toBeVisible();
    await browser.expectAccessible("shop");
  }
});

test("the list tells them apart, by status too", async () => {
  const { page } = browser;
  await browser.go("/services");
  await expectPage(page.getByRole("row", { name: /shop/ })).toContainText("Running");
  await browser.expectAccessible("Services");
  await browser.picture("services");
  await page.getByRole("button", { name: /Filter by status/ }).click();
  await page.getByRole("option", { name: "Create failed (1)" }).click();
  await expectPage(page.getByRole("link", { name: "fails", exact: true })).toBeVisible();
  await expectPage(page.getByRole("link", { name: "shop", exact: true })).toBeHidden();
});

test("a service is paused and resumed, and what cannot be done says why", { timeout: 120_000 }, async () => {
  const { page } = browser;
  await go(shop, "activity");
  await act("Pause");
  await page.getByRole("dialog").getByRole("button", { name: "Pause", exact: true }).click();
  await expectPage(status("Paused")).toBeVisible(DEPLOYED);
  await expectPage(page.getByText("The service is paused: its address answers 503.")).toBeVisible();
  expect((await slipway.fetch(shop.ServiceUrl)).status).toBe(503);
  await act("Resume");
  await expectPage(status("Running")).toBeVisible(DEPLOYED);
  expect((await slipway.fetch(shop.ServiceUrl)).status).toBe(200);
});

test("one is deleted only when its name was typed", { timeout: 120_000 }, async () => {
  const { page } = browser;
  await act("Delete…");
  const dialog = page.getByRole("dialog");
  const button = dialog.getByRole("button", { name: "Delete", exact: true });
  await dialog.getByRole("textbox").fill("shoe");
  await expectPage(button).toBeDisabled();
  await dialog.getByRole("textbox").fill("shop");
  await button.click();
  await expectPage(page.getByRole("heading", { level: 1, name: "Services" })).toBeVisible();
  await expectPage(page.getByRole("link", { name: "hello", exact: true })).toBeVisible();
  await expectPage(page.getByRole("link", { name: "shop", exact: true })).toBeHidden(DEPLOYED);
});
