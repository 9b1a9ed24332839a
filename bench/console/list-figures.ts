/** The list of a thousand services in a real Chromium: how soon it is there, what people do in it, what it takes while others work. */
import { setTimeout as sleep } from "node:timers/promises";
import { AppRunnerClient, TagResourceCommand } from "@aws-sdk/client-apprunner";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { Installation } from "../../test/support/installation.ts";
import type { Cleanup } from "../support/cleanup.ts";
import { processorTimeUs } from "../support/processor-time.ts";
import { putServices } from "./many-services.ts";

export interface ListFigures {
  /** All pages of ListServiceOverviews. */
  readonly allMs: number;
  readonly allCpuMs: number;
  readonly allKilobytes: number;
  readonly usableMs: number;
  /** From a key to the drawn list, the slowest of some. */
  readonly keyMs: number;
  readonly sortMs: number;
  readonly pageMs: number;
  /** The slowest frame while the page is scrolled. */
  readonly frameMs: number;
  readonly heapMiB: number;
  /** While one service changes each 200 ms. */
  readonly liveCpuPercent: number;
  readonly liveRows: number;
  readonly restCpuPercent: number;
}

export interface ListWish {
  readonly cleanup: Cleanup;
  readonly browser: Browser;
  readonly count: number;
  readonly seconds: number;
  readonly signIn: (context: BrowserContext, slipway: Installation) => Promise<void>;
}

const CHANGE_EVERY_MS = 200;
const CALM_PERCENT = 10;
const CALM_TRIES = 40;
const KEYS = "billing-01";
/** In the page: from an act until the frame after it is drawn, which is what a person waits for. */
const DRAWN_AFTER = `
  globalThis.drawnAfter = async (act) => {
    const beganMs = performance.now();
    act();
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    return performance.now() - beganMs;
  };
  globalThis.typed = (text) => drawnAfter(() => {
    const field = document.querySelector(".table-filters input");
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  globalThis.clicked = (selector) => drawnAfter(() => document.querySelector(selector).click());
  globalThis.slowestFrame = async () => {
    let [slowestMs, lastMs] = [0, performance.now()];
    for (let top = 0; top < 3000; top += 60) {
      window.scrollTo(0, top);
      await new Promise((drawn) => requestAnimationFrame(drawn));
      slowestMs = Math.max(slowestMs, performance.now() - lastMs);
      lastMs = performance.now();
    }
    window.scrollTo(0, 0);
    return slowestMs;
  };
`;

export async function measureList({
  cleanup,
  browser,
  count,
  seconds,
  signIn,
}: ListWish): Promise<ListFigures> {
  const slipway = await Installation.create({ env: { SLIPWAY_SERVICE_QUOTA: String(count + 10) } });
  cleanup.add(() => slipway.remove());
  await putServices(slipway.stateDirectory, count, Date.now());
  const { pid = 0 } = slipway.launch();
  await slipway.waitUntilServing();
  const percentOver = async (durationMs: number) => {
    const before = processorTimeUs({ roots: [pid] });
    await sleep(durationMs);
    return (processorTimeUs({ roots: [pid] }) - before) / 10 / durationMs;
  };
  // The edge learns a thousand addresses first.
  for (let tries = 0; tries < CALM_TRIES && (await percentOver(3_000)) > CALM_PERCENT; tries++);
  const whole = await readWhole(slipway, pid);
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  await signIn(context, slipway);
  const page = await context.newPage();
  const used = await usePage(page, slipway, count);
  const restCpuPercent = await percentOver(seconds * 1_000);
  const live = await changeAndCount({ page, slipway, seconds, percentOver });
  await context.close();
  return { ...whole, ...used, restCpuPercent, ...live };
}

/** As the console reads it; the second time, when everything is warm. */
async function readWhole(slipway: Installation, pid: number) {
  const client = slipway.client();
  let figures = { allMs: 0, allCpuMs: 0, allKilobytes: 0 };
  for (let round = 0; round < 2; round++) {
    const [startedMs, before] = [performance.now(), processorTimeUs({ roots: [pid] })];
    let [token, bytes]: [string | undefined, number] = [undefined, 0];
    do {
      const answer: { readonly NextToken?: string | undefined } = await client.call(
        "Slipway.ListServiceOverviews",
        token === undefined ? {} : { NextToken: token },
      );
      bytes += JSON.stringify(answer).length;
      token = answer.NextToken;
    } while (token !== undefined);
    figures = {
      allMs: performance.now() - startedMs,
      allCpuMs: (processorTimeUs({ roots: [pid] }) - before) / 1_000,
      allKilobytes: bytes / 1_000,
    };
  }
  return figures;
}

async function usePage(page: Page, slipway: Installation, count: number) {
  const startedMs = performance.now();
  await page.goto(`http://127.0.0.1:${slipway.apiPort}/console/#/services`);
  await page.getByText(`(${count})`).first().waitFor();
  await page.locator("tbody tr").nth(40).waitFor();
  const usableMs = performance.now() - startedMs;
  await page.evaluate(DRAWN_AFTER);
  const filter = page.getByRole("searchbox").first();
  const keyMs = Math.max(...(await typeKeys(page, KEYS)));
  await filter.fill("");
  const sortMs = await clickAndDraw(page, 'thead th:nth-of-type(3) [role="button"]');
  const pageMs = await clickAndDraw(page, 'button[aria-label*="next" i]');
  const frameMs = await page.evaluate<number>("slowestFrame()");
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return { usableMs, keyMs, sortMs, pageMs, frameMs, heapMiB: usedSize / 1_024 ** 2 };
}

/** Into the filter, key by key, each until it is drawn. */
async function typeKeys(page: Page, keys: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let length = 1; length <= keys.length; length++) {
    times.push(await page.evaluate<number>(`typed(${JSON.stringify(keys.slice(0, length))})`));
  }
  return times;
}

async function clickAndDraw(page: Page, selector: string): Promise<number> {
  return page.evaluate<number>(`clicked(${JSON.stringify(selector)})`);
}

interface LiveWish {
  readonly page: Page;
  readonly slipway: Installation;
  readonly seconds: number;
  readonly percentOver: (durationMs: number) => Promise<number>;
}

/** One service after the other gets another tag; what the page asks for is counted. */
async function changeAndCount({ page, slipway, seconds, percentOver }: LiveWish) {
  const client = new AppRunnerClient({
    endpoint: `http://127.0.0.1:${slipway.apiPort}`,
    region: "us-east-1",
    credentials: slipway.credentials(),
  });
  const arns = await slipway.serviceArns();
  let rows = 0;
  page.on("response", (response) => {
    if (response.request().headers()["x-amz-target"] !== "Slipway.ListServiceOverviews") return;
    void response
      .json()
      .then((answer: { readonly Services?: readonly unknown[] }) => (rows += answer.Services?.length ?? 0))
      .catch(() => undefined);
  });
  const percent = percentOver(seconds * 1_000);
  const endMs = performance.now() + seconds * 1_000;
  let changes = 0;
  while (performance.now() < endMs) {
    const nextMs = performance.now() + CHANGE_EVERY_MS;
    const ResourceArn = arns[changes++ % arns.length] ?? "";
    await client.send(
      new TagResourceCommand({ ResourceArn, Tags: [{ Key: "touched", Value: String(changes) }] }),
    );
    await sleep(Math.max(0, nextMs - performance.now()));
  }
  const liveCpuPercent = await percent;
  client.destroy();
  return { liveCpuPercent, liveRows: rows / changes };
}
