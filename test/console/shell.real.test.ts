/** What stands around every page: navigation, the policy of what may be loaded, the live stream, and every page without a complaint. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ConsoleBrowser, expectPage } from "../support/browser.ts";
import { clearUp } from "../support/clear-up.ts";
import { Installation } from "../support/installation.ts";
import { waitFor } from "../support/wait-for.ts";

const ROUTES = new URL("../../console/src/app/routes.tsx", import.meta.url);
const PHONE = { width: 390, height: 844 };

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

beforeEach(async () => {
  await browser.page.emulateMedia({ colorScheme: "light" });
  await browser.page.setViewportSize({ width: 1_440, height: 900 });
  await browser.go("/nodes");
  await browser.reload();
  await expectPage(heading("Nodes")).toBeVisible();
});

const page = () => browser.page;
const heading = (name: string) => page().getByRole("heading", { level: 1, name });

const isApi = ({ pathname }: URL) => pathname === "/";

/** Those of the route table that need nothing to be there; pages of one thing are walked by the tests of their area. */
function plainRoutes(): readonly string[] {
  const paths = [...readFileSync(ROUTES, "utf8").matchAll(/\bpage\("([^"]+)"/g)].map(
    ([, path]) => path ?? "",
  );
  return paths.filter((path) => !path.includes("$"));
}

/** A service that fails at once is a service as well. */
function createService(name: string): Promise<unknown> {
  const source = {
    ImageRepository: { ImageIdentifier: "127.0.0.1:1/nothing:1", ImageRepositoryType: "ECR_PUBLIC" },
    AutoDeploymentsEnabled: false,
  };
  return slipway.aws([
    "create-service",
    "--service-name",
    name,
    "--source-configuration",
    JSON.stringify(source),
  ]);
}

test("every page can be read with ears and by keyboard, says where it is, and loads nothing from elsewhere", async () => {
  const asked: string[] = [];
  page().on("request", (request) => asked.push(request.url()));
  const routes = plainRoutes();
  expect(routes.length).toBeGreaterThan(20);
  const titles = new Set<string>();
  const isNew = (title: string) => !titles.has(title) && title;
  for (const route of routes) {
    await browser.go(route);
    await expectPage(page().locator("main h1")).toBeVisible();
    await browser.expectAccessible(/./);
    const title = await waitFor(async () => isNew(await page().title()), { what: `a title of ${route}` });
    titles.add(title);
  }
  expect(titles.size).toBe(routes.length);
  const home = `http://127.0.0.1:${slipway.apiPort}/`;
  expect(asked.filter((url) => !url.startsWith(home) && !url.startsWith("data:"))).toEqual([]);
});

test("an address that leads nowhere is a page that says so, and leads on", async () => {
  await browser.go("/no/such/page");
  await expectPage(heading("There is no such page")).toBeVisible();
  await expectPage(page()).toHaveTitle(/^There is no such page/);
  await browser.expectAccessible("There is no such page");
  await page().getByRole("link", { name: "To the services" }).click();
  await expectPage(heading("Services")).toBeVisible();
});

test("a service that could not be read is not said to be none", async () => {
  await page().route(isApi, async (route) => {
    const isRead = route.request().headers()["x-amz-target"] === "Slipway.ListServiceOverviews";
    await (isRead ? route.fulfill({ status: 500, body: "{}" }) : route.continue());
  });
  await browser.go(`/services/${"0".repeat(32)}`);
  await expectPage(heading("The service could not be read")).toBeVisible();
  await page().unroute(isApi);
  await browser.takeRefusals(500);
  await page().getByRole("button", { name: "Try again" }).click();
  await expectPage(heading("There is no such service")).toBeVisible();
});

test("on a phone no page is wider than the screen, by day and by night", async () => {
  await page().setViewportSize(PHONE);
  await browser.reload();
  for (const colorScheme of ["light", "dark"] as const) {
    await page().emulateMedia({ colorScheme });
    for (const route of ["/services", "/account", "/health", "/nodes", "/audit", "/events"]) {
      await browser.go(route);
      await expectPage(page().locator("main h1")).toBeVisible();
      const width = () => page().evaluate("document.documentElement.scrollWidth");
      await expectPage.poll(width, { message: `the width of ${route}` }).toBe(PHONE.width);
      // A table would have to be pushed aside to be read.
      if (route === "/audit") await expectPage(page().getByRole("table")).toHaveCount(0);
    }
    await browser.expectAccessible("Events and webhooks");
  }
});

test("by keyboard: past the navigation to the page, and after a click the new page's heading is read", async () => {
  await page().keyboard.press("Tab");
  await expectPage(page().getByRole("button", { name: "Skip to the page" })).toBeFocused();
  await page().keyboard.press("Enter");
  await expectPage(heading("Nodes")).toBeFocused();
  await page().getByRole("navigation").getByRole("link", { name: "System health" }).click();
  await expectPage(heading("System health")).toBeFocused();
});

test("what is done by the AWS CLI appears without a reload, also what was while the control plane was killed", async () => {
  await browser.go("/services");
  await expectPage(page().getByRole("link", { name: /^Live/ })).toBeVisible();
  await page().evaluate("void (globalThis.wasNotReloaded = true)");
  await createService("first");
  await expectPage(page().getByRole("link", { name: "first", exact: true })).toBeVisible();
  await slipway.kill();
  await expectPage(page().getByRole("link", { name: /^(?:Connecting|Not live)/ })).toBeVisible();
  await slipway.start();
  await createService("second");
  await expectPage(page().getByRole("link", { name: /^Live/ })).toBeVisible();
  await expectPage(page().getByRole("link", { name: "second", exact: true })).toBeVisible();
  expect(await page().evaluate("globalThis.wasNotReloaded")).toBe(true);
  // That nothing answered for a moment is all there was to complain of: refused, reset, or cut, as the kill met each request.
  browser.takeOutage();
});

test("an access key is made, shown once with lines that use it, and taken away", async () => {
  await browser.go("/account");
  await page().getByRole("button", { name: "Create access key" }).click();
  const dialog = page().getByRole("dialog", { name: "The new access key" });
  await expectPage(dialog).toContainText("aws_secret_access_key = ");
  const id = /aws_access_key_id = (\w+)/.exec(await dialog.innerText())?.[1] ?? "";
  expect(id).toMatch(/^AKIA/);
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await page()
    .getByRole("button", { name: `Deactivate ${id}` })
    .click();
  await page()
    .getByRole("button", { name: `Delete ${id}` })
    .click();
  await page().getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expectPage(page().getByRole("button", { name: `Delete ${id}` })).toBeHidden();
});

test("a destination is made with its secret, tried, and what happened is listed with all it tells", async () => {
  await browser.go("/events");
  await expectPage(page().getByText("Service creation started").first()).toBeVisible();
  const header = (name: string) => page().getByRole("columnheader", { name });
  await expectPage(header("Time").getByRole("button")).toHaveCount(1);
  // Buttons have no order.
  await expectPage(header("Details").getByRole("button")).toHaveCount(0);
  await page()
    .getByRole("button", { name: /^Details: Service creation/ })
    .first()
    .click();
  await expectPage(page().getByRole("dialog")).toContainText("serviceName");
  await page().keyboard.press("Escape");
  await page().getByRole("tab", { name: "Destinations" }).click();
  await page().getByRole("button", { name: "Create destination" }).first().click();
  const form = page().getByRole("dialog", { name: "Create a destination" });
  await form.getByLabel("Name", { exact: true }).fill("ops");
  await form.getByLabel("Address").fill("https://ops.invalid/hook");
  await form.getByRole("button", { name: "Create destination" }).click();
  await expectPage(page().getByRole("dialog", { name: "The secret of ops" })).toContainText("whsec_");
  await page().getByRole("button", { name: "I have kept it" }).click();
  await page().getByRole("button", { name: "Actions: ops" }).click();
  await page().getByRole("menuitem", { name: "Send a test" }).click();
  await expectPage(page().getByText("ops did not take the test message")).toBeVisible();
  await browser.expectAccessible("Events and webhooks");
});

test("the page's policy lets nothing in from elsewhere, and nothing inline", async () => {
  const { headers } = await fetch(`http://127.0.0.1:${slipway.apiPort}/console/`);
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(headers.get("x-frame-options")).toBe("DENY");
  const fonts = () =>
    page().evaluate<number>(`[...document.fonts].filter(({ status }) => status === "loaded").length`);
  await expectPage.poll(fonts).toBeGreaterThan(0);
});
