/**
 * What the console costs: JavaScript and styles by page, time from the address to a page that can be used with an empty cache in a
 * real Chromium, the control plane's processor time while somebody watches a busy service, and the list of a thousand services.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { AppRunnerClient } from "@aws-sdk/client-apprunner";
import { type Browser, type BrowserContext, chromium } from "@playwright/test";
import { readPageSizes } from "../tools/console-budget.ts";
import type { Installation } from "../test/support/installation.ts";
import { measureList } from "./console/list-figures.ts";
import { type Cleanup, runBenchmark } from "./support/cleanup.ts";
import { httpGet } from "./support/http-get.ts";
import { startInstallation } from "./support/installation.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { processorTimeUs } from "./support/processor-time.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";
import { create, untilRunning } from "./support/services.ts";

type Key = "kilobytes" | "styleKilobytes" | "usableMs" | "cpuPercent" | "tookMs" | "rows" | "heapMiB";

const MEASURES: readonly Measure<Key>[] = [
  { key: "kilobytes", label: "JavaScript, kB gzipped", digits: 0, isCompared: false },
  { key: "styleKilobytes", label: "style sheets, kB gzipped", digits: 0, isCompared: false },
  { key: "usableMs", label: "usable after, ms", digits: 0, isCompared: false },
  { key: "cpuPercent", label: "control plane, % of a core", digits: 2, isCompared: false },
  { key: "tookMs", label: "took, ms", digits: 0, isCompared: false },
  { key: "rows", label: "services read for each change", digits: 1, isCompared: false },
  { key: "heapMiB", label: "page's memory, MiB", digits: 0, isCompared: false },
];
const CHROMIUM = process.env["SLIPWAY_CHROMIUM"] ?? "/usr/bin/chromium";
const REQUESTS_PER_S = 50;

await runBenchmark(async (cleanup) => {
  const { numbers, isJson, only } = readOptions("bench:console", {
    rounds: { default: 5, meaning: "times that each page is opened with an empty cache" },
    seconds: { default: 30, meaning: "for which the busy service and the list are watched, and not watched" },
    services: { default: 1_000, meaning: "in the list" },
  });
  const machine = await describeMachine([["node", "--version"]]);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"],
  });
  cleanup.add(() => browser.close());
  const samples = new Map<string, Sample<Key>[]>();
  const isWanted = (part: string) => only.length === 0 || only.includes(part);
  if (isWanted("pages")) await measurePages({ cleanup, browser, samples, ...numbers });
  if (isWanted("list")) await measureServices({ cleanup, browser, samples, ...numbers });
  const notes = [
    "Usable: from the address to the heading and a control that takes input, in a browser context of its own; the first time of a browser counts, too.",
    `Watched: ${REQUESTS_PER_S} requests a second to one service, for ${numbers.seconds} s each, unwatched before and after; the whole process, API and stream and all else.`,
    `List: ${numbers.services} paused services; a change is a tag of another service, each 200 ms. Keys, sorting and paging until they are drawn.`,
  ];
  printResult({ title: "bench:console", machine, notes, measures: MEASURES, samples }, isJson);
});

interface Measuring {
  readonly cleanup: Cleanup;
  readonly browser: Browser;
  readonly samples: Map<string, Sample<Key>[]>;
  readonly rounds: number;
  readonly seconds: number;
  readonly services: number;
}

async function measurePages({ cleanup, browser, samples, rounds, seconds }: Measuring): Promise<void> {
  const { slipway, pid, image } = await startInstallation(cleanup);
  for (const [page, { scriptBytes, styleBytes }] of readPageSizes()) {
    samples.set(nameOf(page), [{ kilobytes: scriptBytes / 1_000, styleKilobytes: styleBytes / 1_000 }]);
  }
  for (let round = 0; round < rounds; round++) {
    for (const name of ["sign-in", "services"] as const) {
      const usableMs = await openCold(browser, slipway, name);
      samples.set(name, [...(samples.get(name) ?? []), { usableMs }]);
    }
  }
  const watched = await watch({ cleanup, slipway, pid, image, browser, seconds });
  for (const [name, cpuPercent] of Object.entries(watched)) samples.set(name, [{ cpuPercent }]);
}

async function measureServices({ cleanup, browser, samples, seconds, services }: Measuring): Promise<void> {
  const figures = await measureList({ cleanup, browser, count: services, seconds, signIn });
  samples.set("list: all services read", [{ kilobytes: figures.allKilobytes, tookMs: figures.allMs }]);
  samples.set("list: all read, processor time", [{ tookMs: figures.allCpuMs }]);
  samples.set("list: opened", [{ usableMs: figures.usableMs, heapMiB: figures.heapMiB }]);
  samples.set("list: a key in the filter, slowest", [{ tookMs: figures.keyMs }]);
  samples.set("list: sorted", [{ tookMs: figures.sortMs }]);
  samples.set("list: next page", [{ tookMs: figures.pageMs }]);
  samples.set("list: scrolled, slowest frame", [{ tookMs: figures.frameMs }]);
  samples.set("list: watched at rest", [{ cpuPercent: figures.restCpuPercent }]);
  samples.set("list: watched, 5 changes a second", [
    { cpuPercent: figures.liveCpuPercent, rows: figures.liveRows },
  ]);
}

/** `services`, of `src/pages/services/services-page.tsx`. */
function nameOf(page: string): string {
  return page.split("/").at(-1)?.replace("-page.tsx", "") ?? page;
}

function homeOf(slipway: Installation): string {
  return `http://127.0.0.1:${slipway.apiPort}/console/`;
}

async function openCold(
  browser: Browser,
  slipway: Installation,
  name: "sign-in" | "services",
): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  if (name === "services") await signIn(context, slipway);
  const startedMs = performance.now();
  await page.goto(`${homeOf(slipway)}#/services`);
  if (name === "sign-in") await page.getByLabel("User name").fill("ann");
  else await page.getByRole("link", { name: "Create service" }).first().click({ trial: true });
  const usableMs = performance.now() - startedMs;
  await context.close();
  return usableMs;
}

async function signIn(context: BrowserContext, slipway: Installation): Promise<void> {
  const { Url } = await slipway.client().call("Slipway.CreateSignInLink", {});
  const reply = await context.request.post(new URL("../session", homeOf(slipway)).href, {
    data: { link: new URL(Url).hash.replace("#link=", "") },
    headers: { origin: new URL(homeOf(slipway)).origin },
  });
  if (!reply.ok()) throw new Error(`nobody is signed in: ${await reply.text()}`);
}

interface Watch {
  readonly cleanup: Cleanup;
  readonly slipway: Installation;
  readonly pid: number;
  readonly image: string;
  readonly browser: Browser;
  readonly seconds: number;
}

async function watch({ cleanup, slipway, pid, image, browser, seconds }: Watch) {
  const client = clientOf(slipway);
  cleanup.add(() => client.destroy());
  const { arn, url } = await create(client, "busy", image);
  await untilRunning(client, arn);
  const ending = new AbortController();
  const load = callAgainAndAgain(slipway, url, ending.signal);
  const percentOf = async () => {
    const before = processorTimeUs({ roots: [pid] });
    await sleep(seconds * 1_000);
    return (processorTimeUs({ roots: [pid] }) - before) / 10_000 / seconds;
  };
  const before = await percentOf();
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(context, slipway);
  await page.goto(`${homeOf(slipway)}#/services/${arn.split("/").at(-1)}/metrics`);
  await page.locator("main h1").waitFor();
  const watched = await percentOf();
  await context.close();
  // A deployment that has just ended makes the time before dear: the time after counts as much.
  const alone = (before + (await percentOf())) / 2;
  ending.abort();
  await load;
  return {
    "busy, nobody watches": alone,
    "busy, its metrics are watched": watched,
    "the watching alone": watched - alone,
  };
}

function clientOf(slipway: Installation): AppRunnerClient {
  const { accessKeyId, secretAccessKey } = slipway.credentials();
  return new AppRunnerClient({
    endpoint: `http://127.0.0.1:${slipway.apiPort}`,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey },
  });
}

async function callAgainAndAgain(slipway: Installation, url: string, end: AbortSignal): Promise<void> {
  const [host = ""] = url.split(":");
  const target = { address: "127.0.0.1", port: slipway.edgePort, host };
  while (!end.aborted) {
    void httpGet(target);
    await sleep(1_000 / REQUESTS_PER_S);
  }
}
