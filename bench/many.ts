/** What the control plane and the edge take with hundreds of services, of which few are called and most are at zero. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { edgeLayout } from "../src/edge/layout.ts";
import type { Installation } from "../test/support/installation.ts";
import { sdk } from "../test/support/service.ts";
import { waitFor } from "../test/support/wait-for.ts";
import { gaugesOf } from "./idle/gauges.ts";
import { measureRounds, type WindowKey, WINDOW_MEASURES } from "./idle/window.ts";
import { copyService } from "./many/copies.ts";
import { KEPT, Population } from "./many/population.ts";
import { startVisits } from "./many/visitors.ts";
import { runBenchmark } from "./support/cleanup.ts";
import { startInstallation } from "./support/installation.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { printResult, type Sample } from "./support/report.ts";
import { stopwatch } from "./support/stopwatch.ts";

const SIZES = [100, 500, 1_000];
/** Each busy service is called so often. */
const PERIOD_MS = 2_000;
const TO_ZERO_MS = 120_000;
/** What the control plane may take with 1,000 services. */
const REFERENCE = "allowed";
const ALLOWED: Sample<WindowKey> = { residentMiB: 250, cpuPercent: 3 };

await runBenchmark(async (cleanup) => {
  const { numbers, isJson, only } = readOptions("bench:many", {
    rounds: { default: 1, meaning: "windows of measuring for each number of services" },
    seconds: { default: 60, meaning: "seconds of a window" },
    settle: { default: 30, meaning: "seconds to come to rest before measuring" },
    created: { default: 1_000, meaning: "services that are created; more are copies of one at zero" },
  });
  const sizes = only.length === 0 ? SIZES : only.map(Number);
  const machine = await describeMachine([
    ["docker", "--version"],
    ["haproxy", "-v"],
  ]);
  const installation = await startInstallation(cleanup, Math.max(...sizes));
  const { slipway, image } = installation;
  let { pid } = installation;
  const population = new Population(sdk(slipway), image);
  const allowed = Array.from({ length: numbers.rounds }, () => ALLOWED);
  const samples = new Map<string, readonly Sample<WindowKey>[]>([[REFERENCE, allowed]]);
  const notes = [
    `${KEPT.map(([kind, count]) => `${count} ${kind}`).join(", ")}, the rest at zero; ` +
      `busy: a request every ${PERIOD_MS / 1_000} s to each. Windows of ${numbers.seconds} s, ${numbers.settle} s after the last change.`,
  ];
  const kept = KEPT.reduce((sum, [, count]) => sum + count, 0);
  let copies = 0;
  for (const size of sizes) {
    const since = stopwatch();
    const before = population.members.length;
    const created = Math.min(size, numbers.created);
    await population.growTo(created);
    notes.push(`${before} to ${created} services: created in ${(since() / 1_000).toFixed(0)} s.`);
    process.stderr.write(`${notes.at(-1)}\n`);
    await waitFor(async () => (await slipway.containers()).length <= kept, {
      what: "services at zero",
      timeoutMs: TO_ZERO_MS,
      everyMs: 1_000,
    });
    if (size > created) {
      await slipway.kill();
      await copyService(
        slipway.stateDirectory,
        population.of("zero")[0]?.name ?? "",
        size - created - copies,
      );
      copies = size - created;
      notes.push(`${copies} services of the ${size} are copies in the store, put there before a restart.`);
      slipway.launch();
      await untilRouted(slipway, size);
      // That start told the edge of them, which leaves memory behind; what is measured has met them there.
      await slipway.kill();
      pid = slipway.launch().pid ?? 0;
      await slipway.waitUntilServing();
    }
    const hosts = population.of("busy").map(({ url }) => url);
    const visits = startVisits({ hosts, port: slipway.edgePort, periodMs: PERIOD_MS });
    await sleep(numbers.settle * 1_000);
    const gauges = gaugesOf({ slipway, pid }, `${size} services`);
    const rounds = await measureRounds(gauges, numbers);
    const { count, lost } = await visits.stop();
    if (lost > 0) throw new Error(`${lost} of ${count} requests were not answered`);
    for (const [index, { name }] of gauges.entries()) {
      samples.set(
        name,
        rounds.flatMap((round) => round[index] ?? []),
      );
    }
  }
  const title = "bench:many";
  printResult({ title, machine, notes, measures: WINDOW_MEASURES, reference: REFERENCE, samples }, isJson);
});

async function untilRouted(slipway: Installation, count: number): Promise<void> {
  const { hostMap } = edgeLayout(join(slipway.stateDirectory, "edge"));
  await waitFor(() => readFileSync(hostMap, "utf8").trimEnd().split("\n").length >= count, {
    what: "routes to all services",
    timeoutMs: TO_ZERO_MS,
    everyMs: 1_000,
  });
}
