/** What a service writes, does, uses and costs, and what watches it: logs, metrics, usage and alarms in a browser. */
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConsoleBrowser, expectPage } from "../support/browser.ts";
import { clearUp } from "../support/clear-up.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { createService, QUICK_HTTP, type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const ALARM = "shop-errors";
const LINES = 100_000;
const LINES_A_REQUEST = 5_000;
const RARE = "line 7777777";
/** A screen's lines and some before and behind it, however long the log is. */
const NODES_MAX = 150;

let slipway: Installation;
let images: TestImages;
let browser: ConsoleBrowser;
let service: ServiceView;
let path: string;

beforeAll(async () => {
  slipway = await Installation.create();
  images = await buildTestImages();
  await slipway.start();
  const created = await createService(slipway, {
    name: "shop",
    image: images.app,
    healthCheck: QUICK_HTTP,
    tags: { "slipway:access-log": "on" },
  });
  browser = await ConsoleBrowser.open(slipway);
  service = await waitForStatus(slipway, created.ServiceArn, "RUNNING");
  path = `/services/${service.ServiceId}`;
});

afterAll(async () => {
  await clearUp(
    () => browser.close(),
    () => slipway.remove(),
    () => images.remove(),
    () => browser.expectNoComplaints(),
  );
});

function log() {
  return browser.page.getByRole("log");
}

async function writeLines(count: number, from: number): Promise<void> {
  const { status } = await slipway.fetch(service.ServiceUrl, `/log?lines=${count}&from=${from}&bytes=40`);
  expect(status).toBe(200);
}

/** What stands on the page once a scroll has come to rest. */
async function restingLines(): Promise<readonly string[]> {
  let before: readonly string[] = [];
  const look = async () => {
    const lines = await browser.page.locator(".log-line").allInnerTexts();
    const isResting = lines.length > 0 && isDeepStrictEqual(lines, before);
    before = lines;
    return isResting && lines;
  };
  return waitFor(look, { what: "a log at rest", everyMs: 250 });
}

async function search(pattern: string): Promise<void> {
  await browser.page.getByRole("searchbox").fill(pattern);
  await browser.page.getByRole("button", { name: "Search", exact: true }).click();
}

test("an alarm is made by clicks, over a picture of what it watches", async () => {
  const { page } = browser;
  await browser.go("/alarms");
  await expectPage(page.getByText("Nothing is watched yet.")).toBeVisible();
  // While there is none, the list offers it too.
  await expectPage(page.getByRole("button", { name: "Create alarm" })).toHaveCount(2);
  await page.getByRole("button", { name: "Create alarm" }).last().click();
  const form = page.getByRole("dialog");
  const choose = async (field: RegExp, option: string) => {
    await form.getByRole("button", { name: field }).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };
  await expectPage(form.getByRole("button", { name: "Save" })).toBeDisabled();
  await form.getByLabel("Name", { exact: true }).fill(ALARM);
  await choose(/^Service/, "shop");
  await choose(/^Period \d/, "10 s");
  await form.getByRole("textbox", { name: "Threshold" }).fill("0");
  await form.getByLabel("Of the last periods").fill("1");
  await form.getByLabel("so many must breach").fill("1");
  await expectPage(form.getByRole("img", { name: /5xx answers/ })).toBeVisible();
  await form.getByRole("button", { name: "Save" }).click();
  await expectPage(page.getByRole("heading", { name: ALARM })).toBeVisible();
  await browser.expectAccessible("Alarms");
  for (let count = 0; count < 5; count++) await slipway.fetch(service.ServiceUrl, "/status/500");
});

test("lines appear as they are written", async () => {
  await browser.go(`${path}/logs`);
  await expectPage(log()).toContainText("listens on 8080");
  for (const number of [1, 2, 3]) {
    await writeLines(1, number * 1_000_001);
    await expectPage(log()).toContainText(`line ${number * 1_000_001}`);
  }
  await expectPage(browser.page.locator(".log-edge")).toContainText("Live");
  await browser.expectAccessible("shop");
});

test("a browser that is eleven times slower follows the log to its end, and one that is scrolled away is led back", async () => {
  const { page } = browser;
  const devTools = await page.context().newCDPSession(page);
  await devTools.send("Emulation.setCPUThrottlingRate", { rate: 11 });
  try {
    for (let from = 400_001; from <= 420_000; from += LINES_A_REQUEST)
      await writeLines(LINES_A_REQUEST, from);
    await expectPage(log()).toContainText("line 420000 ", { timeout: 60_000 });
    await expectPage(browser.page.locator(".log-edge")).toContainText("Live");
    await expectPage(page.getByRole("button", { name: "To the end" })).toHaveCount(0);
    // A nudge is enough, and what is written then moves nobody.
    await log().hover();
    await page.mouse.wheel(0, -20);
    await expectPage(page.locator(".log-edge")).toContainText("Paused");
    await writeLines(7, 420_001);
    await page.getByRole("button", { name: "7 new lines" }).click();
    await expectPage(log()).toContainText("line 420007 ");
    await expectPage(page.locator(".log-edge")).toContainText("Live");
    await log().focus();
    await page.keyboard.press("PageUp");
    await expectPage(page.locator(".log-edge")).toContainText("Paused");
    await page.keyboard.press("End");
    await expectPage(page.locator(".log-edge")).toContainText("Live");
  } finally {
    await devTools.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    await devTools.detach();
  }
});

test("who scrolled away stays where they are, and is led back to the end", async () => {
  const { page } = browser;
  await writeLines(300, 1);
  await expectPage(log()).toContainText("line 300 ");
  await log().hover();
  await expectPage(async () => {
    await page.mouse.wheel(0, -1_500);
    await expectPage(page.getByRole("button", { name: "To the end" })).toBeVisible({ timeout: 500 });
  }).toPass();
  const seen = await restingLines();
  await writeLines(5, 301);
  await expectPage(page.getByRole("button", { name: "5 new lines" })).toBeVisible();
  expect(await page.locator(".log-line").allInnerTexts()).toEqual(seen);
  await page.getByRole("button", { name: "5 new lines" }).click();
  await expectPage(log()).toContainText("line 305 ");
});

test("who was led to the end goes on by keys, and a script that scrolls right then is not pulled back", async () => {
  const { page } = browser;
  const says = (text: string) => expectPage(page.locator(".log-edge")).toContainText(text);
  await says("Live");
  // The button is gone: the keys are the log's.
  await expectPage(log()).toBeFocused();
  for (const key of ["PageUp", "Home", "ArrowUp"]) {
    await page.keyboard.press(key);
    await says("Paused");
    await page.keyboard.press("End");
    await says("Live");
  }
  await page.keyboard.press("PageUp");
  await says("Paused");
  await restingLines();
  await page.getByRole("button", { name: "To the end" }).click();
  await says("Live");
  await log().evaluate((list) => list.scrollBy(0, -1_000));
  await says("Paused");
  await page.getByRole("button", { name: "To the end" }).click();
  await says("Live");
});

test("a hundred thousand lines are scrolled through without a stall, with few of them on the page", async () => {
  const half = LINES / 2;
  for (let from = 1; from <= half; from += LINES_A_REQUEST) await writeLines(LINES_A_REQUEST, from);
  await writeLines(1, 7_777_777);
  for (let from = half + 1; from <= LINES; from += LINES_A_REQUEST) await writeLines(LINES_A_REQUEST, from);
  // Who follows the log is at its end all the while.
  await expectPage(log()).toContainText(`line ${LINES} `, { timeout: 60_000 });
  // By hand first: what moves by itself on the way to the end is nobody's wish to leave it.
  await log().hover();
  await browser.page.mouse.wheel(0, -3_000);
  await expectPage(browser.page.locator(".log-edge")).toContainText("Paused");
  const { nodes, slowMs, last } = await scrollBack(40_000);
  expect(nodes).toBeLessThan(NODES_MAX);
  expect(slowMs).toBeLessThan(250);
  // Far from the end, and in order: what was read in pages is one log.
  expect(Math.max(...last)).toBeLessThan(LINES - 5_000);
  expect(last).toEqual(last.toSorted((one, other) => one - other));
});

/** Scrolls up for so long, or until 15,000 lines have gone by; all of it in the page, as fast as it draws. */
async function scrollBack(deadlineMs: number) {
  return log().evaluate(async (list, forMs) => {
    const texts = () => [...list.querySelectorAll(".log-text")].map(({ textContent }) => textContent ?? "");
    const numbers = () => texts().flatMap((text) => Number(/^line (\d+) x/.exec(text)?.[1] ?? []));
    const frames: number[] = [];
    let nodes = 0;
    const endMs = performance.now() + forMs;
    while (performance.now() < endMs && !numbers().some((number) => number < 85_000)) {
      const beganMs = performance.now();
      list.scrollTop -= 3_000;
      await new Promise((done) => setTimeout(done));
      frames.push(performance.now() - beganMs);
      nodes = Math.max(nodes, list.querySelectorAll(".log-line").length);
    }
    const sorted = frames.toSorted((one, other) => one - other);
    return { nodes, slowMs: sorted[Math.floor(sorted.length * 0.95)] ?? 0, last: numbers() };
  }, deadlineMs);
}

test("a rare line is found among them, marked, and what was around it is one click away", async () => {
  const { page } = browser;
  await browser.go(`${path}/logs`);
  await search(`"${RARE}"`);
  await expectPage(log().locator("mark")).toHaveText(RARE);
  await expectPage(log().locator(".log-line")).toHaveCount(1);
  await log()
    .getByRole("button", { name: /^Line of/ })
    .click();
  await page.getByRole("button", { name: "Show what is around it" }).click();
  await expectPage(log()).toContainText(RARE);
  await expectPage(log()).toContainText("line 50001 ");
  await expectPage(page).toHaveURL(/[?&]at=\d+/);
  // The address alone leads there too.
  await browser.reload();
  await expectPage(log()).toContainText(RARE);
});

test("one goes to a time", async () => {
  const { page } = browser;
  const title = await log().locator(".log-line", { hasText: RARE }).locator("button").getAttribute("title");
  await browser.go(`${path}/logs`);
  await expectPage(log()).toContainText(`line ${LINES} `);
  await page.getByRole("button", { name: "Go to time" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Time").fill(new Date(title ?? "").toTimeString().slice(0, 8));
  await dialog.getByRole("button", { name: "Go", exact: true }).click();
  await expectPage(log().locator(".log-target")).toBeVisible();
  await expectPage(log()).not.toContainText(`line ${LINES} `);
});

test("a log that could not be read is at its line again once it can be, and its end is reached by a key", async () => {
  const { page } = browser;
  const seesTarget = () => expectPage(log().locator(".log-target")).toBeInViewport();
  await seesTarget();
  await page.route("**/*", (route) => {
    const isOfLog = route.request().headers()["x-amz-target"] === "Logs_20140328.FilterLogEvents";
    return isOfLog ? route.fulfill({ status: 500, body: "{}" }) : route.fallback();
  });
  const tryAgain = page.getByRole("button", { name: "Try again" });
  await expectPage(async () => {
    await log().evaluate((list) => list.scrollTo(0, 0));
    await expectPage(tryAgain).toBeVisible({ timeout: 500 });
  }).toPass();
  await page.unroute("**/*");
  await tryAgain.click();
  await seesTarget();
  await browser.takeRefusals(500);
  // Another address, another view: the keys are that one's.
  await log().focus();
  await page.keyboard.press("End");
  await expectPage(log()).toContainText(`line ${LINES} `);
  await expectPage(log()).toBeFocused();
  await expectPage(page.locator(".log-edge")).toContainText("Live");
});

test("a pattern that is none is refused in the API's words", async () => {
  await browser.go(`${path}/logs`);
  await search("{ $.a = }");
  await expectPage(browser.page.getByText(/Invalid filter pattern/)).toBeVisible();
  await browser.takeRefusals();
});

test("who may not read logs is told which right is missing, and is not shown an empty log", async () => {
  const IAM = "AWSIdentityManagementV20100508";
  const root = slipway.client();
  await root.call(`${IAM}.CreateUser`, { UserName: "ann" });
  await root.call(`${IAM}.AttachUserPolicy`, {
    UserName: "ann",
    PolicyArn: "arn:aws:iam::aws:policy/AWSAppRunnerReadOnlyAccess",
  });
  const reader = await browser.openFor(slipway, "ann");
  await reader.go(`${path}/logs`);
  await expectPage(reader.page.getByText("It needs logs:FilterLogEvents")).toBeVisible();
  await expectPage(reader.page.getByRole("log")).toHaveCount(0);
  await expectPage(reader.page.getByText("Cannot be read")).toHaveCount(0);
  await reader.closeWindow();
});

test("the download has every line", async () => {
  const { page } = browser;
  await browser.go(`${path}/logs`);
  await expectPage(log()).toContainText(`line ${LINES} `);
  const downloading = page.waitForEvent("download", { timeout: 60_000 });
  await page.getByRole("button", { name: "Download" }).click();
  await page.getByRole("menuitem", { name: "As text" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^shop-application-\d{8}T\d{6}Z\.log$/);
  const lines = (await readFile(await download.path(), "utf8")).split("\n");
  const numbers = new Set(lines.flatMap((line) => /line (\d+) x/.exec(line)?.[1] ?? []));
  const missing = Array.from({ length: LINES }, (_, index) => String(index + 1)).filter(
    (number) => !numbers.has(number),
  );
  expect(missing).toEqual([]);
  expect(numbers).toContain("7777777");
});

test("events, deployments and requests have logs of their own", async () => {
  const { page } = browser;
  await page.getByRole("button", { name: "Deployments" }).click();
  await expectPage(log()).toContainText("[AppRunner]");
  await page.getByRole("button", { name: "Events" }).click();
  await expectPage(page.getByRole("log", { name: "Events log of shop" })).toContainText("[AppRunner]");
  await page.getByRole("button", { name: "Requests" }).click();
  await expectPage(log()).toContainText('"path":"/log"');
  await log()
    .getByRole("button", { name: /^Line of/ })
    .first()
    .click();
  await expectPage(log().locator("pre")).toContainText('"method": "GET"');
  await page.getByRole("button", { name: "Application" }).click();
  await slipway.fetch(service.ServiceUrl, "/log?lines=30&json");
  await expectPage(log()).toContainText('"n":30}');
  await log().locator(".log-line", { hasText: '"level":"error","n":30' }).getByRole("button").click();
  await expectPage(log().locator("pre")).toContainText('"level": "error"');
  await browser.picture("logs");
});

test("the requests are in the metrics, and the deployment is marked", async () => {
  const { page } = browser;
  await browser.go(`${path}/metrics`);
  // The five failed ones may lie in two of its points.
  const requests = page.getByRole("img", { name: /^Requests\..*5xx: .*at most [1-5]\./ });
  await expectPage(requests).toBeVisible({ timeout: 30_000 });
  await expectPage(requests.locator("[data-mark] title")).toHaveText(/^Create succeeded/);
  await browser.expectAccessible("shop");
  await browser.picture("metrics");
});

test("a piece of a chart is looked at by drawing over it, and a chart is a table too", async () => {
  const { page } = browser;
  const ground = page.locator(".chart-ground").first();
  const { x, y, width } = (await ground.boundingBox()) ?? { x: 0, y: 0, width: 0 };
  await page.mouse.move(x + width * 0.6, y + 40);
  await page.mouse.down();
  await page.mouse.move(x + width - 5, y + 40);
  await page.mouse.up();
  await expectPage(page.getByRole("button", { name: "Up to now" })).toBeVisible();
  await expectPage(page).toHaveURL(/from=\d+&until=\d+/);
  await page.goBack();
  await expectPage(page.getByRole("button", { name: "Up to now" })).toBeHidden();
  await page.getByRole("button", { name: "Requests: show as table" }).click();
  await expectPage(page.getByRole("columnheader", { name: "5xx" })).toBeVisible();
  await page.getByRole("button", { name: "Requests: show as chart" }).click();
});

test("a chart is read, zoomed and left by keys alone; Enter leads to the deployment", async () => {
  const { page } = browser;
  const point = page.getByRole("slider", { name: "Requests: point in time" });
  await page.getByRole("button", { name: "Requests: download as CSV" }).focus();
  await page.keyboard.press("Tab");
  await expectPage(point).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expectPage(point).toHaveAttribute("aria-valuetext", /^\w+ \d+, [\d:]+: 2xx /);
  await page.keyboard.press("Home");
  await page.keyboard.press("+");
  await expectPage(page.getByRole("button", { name: "Up to now" })).toBeVisible();
  await expectPage(point).toBeFocused();
  await page.keyboard.press("0");
  await expectPage(page.getByRole("button", { name: "Up to now" })).toBeHidden();
  await page.keyboard.press("d");
  await expectPage(point).toHaveAttribute("aria-valuetext", /Create succeeded/);
  await expectPage(page.getByRole("img", { name: /^Requests\./ }).locator("[data-threshold]")).toContainText(
    ALARM,
  );
  await page.keyboard.press("Enter");
  await expectPage(page).toHaveURL(/activity\?operation=/);
});

test("the alarm has gone off, and says why", async () => {
  const { page } = browser;
  await slipway.fetch(service.ServiceUrl, "/status/500");
  await browser.go(`/alarms?alarm=${ALARM}`);
  await expectPage(
    page.getByText("from INSUFFICIENT_DATA to ALARM").or(page.getByText("from OK to ALARM")).first(),
  ).toBeVisible({
    timeout: 60_000,
  });
  await expectPage(page.getByRole("img", { name: /^States over time: .*In alarm from / })).toBeVisible();
  await browser.expectAccessible("Alarms");
});

test("an alarm becomes one of an expression; what the API refuses is said at the field", async () => {
  const { page } = browser;
  await page.getByRole("button", { name: "Edit" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "An expression of several" }).click();
  const expression = form.getByLabel("Expression", { exact: true });
  await expression.fill("100 * NEVER(errors) / all");
  await form.getByRole("button", { name: "Save" }).click();
  await expectPage(expression).toHaveAccessibleDescription(/calls NEVER, which is not available here/);
  await expression.fill("100 * FILL(errors, 0) / all");
  await form.getByRole("button", { name: "Save" }).click();
  await expectPage(page.getByText(/^Errors in percent > 0/).last()).toBeVisible();
  await expectPage(page.getByRole("img", { name: /^Errors in percent\. / })).toBeVisible();
  // The form's chart may have asked for the refused expression as well: by now it has its answer.
  await browser.takeRefusals();
});

test("an alarm is deleted", async () => {
  const { page } = browser;
  await page.getByRole("button", { name: "Actions", exact: true }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expectPage(page.getByText("Nothing is watched yet.")).toBeVisible();
});

test("an alarm of one instance is made from its row, and changed as any other", async () => {
  const { page } = browser;
  await browser.go(`${path}/instances`);
  await page
    .getByRole("button", { name: /^Create alarm for/ })
    .first()
    .click();
  const form = page.getByRole("dialog");
  await expectPage(form.getByRole("button", { name: /^Instances [0-9a-f]{12}/ })).toBeVisible();
  await form.getByLabel("Name", { exact: true }).fill("shop-one-busy");
  await form.getByRole("button", { name: "Save" }).click();
  await expectPage(page.getByRole("heading", { name: "shop-one-busy" })).toBeVisible();
  await expectPage(page.getByText(/Processor \(Average\) of [0-9a-f]{12} > 90/).first()).toBeVisible();
  await page.getByRole("button", { name: "Edit" }).click();
  await form.getByRole("textbox", { name: "Threshold" }).fill("80");
  await form.getByRole("button", { name: "Save" }).click();
  await expectPage(page.getByText(/Processor \(Average\) of [0-9a-f]{12} > 80/).first()).toBeVisible();
  const { MetricAlarms = [] } = await slipway
    .client()
    .call("GraniteServiceVersion20100801.DescribeAlarms", { AlarmNames: ["shop-one-busy"] });
  expect(MetricAlarms[0]).toMatchObject({ Threshold: 80, MetricName: "CPUUtilization" });
  expect(MetricAlarms[0]?.Dimensions?.map(({ Name }) => Name)).toEqual([
    "ServiceName",
    "ServiceID",
    "InstanceID",
  ]);
});

test("usage and cost are told, of one service and of all", async () => {
  const { page } = browser;
  const figure = page.getByText("App Runner would have charged");
  await expectPage(async () => {
    await browser.go("/services");
    await browser.go(`${path}/usage`);
    await expectPage(figure).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 90_000 });
  await expectPage(page.getByText(/^\$0\.\d/).first()).toBeVisible();
  await browser.expectAccessible("shop");
  await browser.picture("usage");
  await browser.go("/usage");
  await expectPage(page.getByRole("link", { name: "shop" })).toBeVisible();
  await browser.expectAccessible("Usage and cost");
});
