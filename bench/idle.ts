/** What the control plane takes while nothing happens: memory and processor time, with no service and with many. */
import { setTimeout as sleep } from "node:timers/promises";
import type { AppRunnerClient } from "@aws-sdk/client-apprunner";
import { sdk } from "../test/support/service.ts";
import { gaugesOf } from "./idle/gauges.ts";
import { measureRounds, type WindowKey, WINDOW_MEASURES } from "./idle/window.ts";
import { runBenchmark } from "./support/cleanup.ts";
import { startInstallation } from "./support/installation.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { printResult, type Sample } from "./support/report.ts";
import { create, untilRunning } from "./support/services.ts";

/** Starts beyond this many at a time only wait for the engine. */
const PARALLEL = 3;
/** What the control plane may take with 50 services. */
const REFERENCE = "allowed";
const ALLOWED: Sample<WindowKey> = { residentMiB: 120, cpuPercent: 1 };

await runBenchmark(async (cleanup) => {
  const { numbers, isJson } = readOptions("bench:idle", {
    rounds: { default: 3, meaning: "windows of measuring" },
    seconds: { default: 60, meaning: "seconds of a window" },
    services: { default: 50, meaning: "running services" },
    settle: { default: 30, meaning: "seconds to come to rest before measuring" },
  });
  const machine = await describeMachine([
    ["docker", "--version"],
    ["haproxy", "-v"],
  ]);
  const { slipway, pid, image } = await startInstallation(cleanup, numbers.services);
  const gauges = (count: number) => gaugesOf({ slipway, pid }, `${count} services`);
  const samples = new Map<string, readonly Sample<WindowKey>[]>();
  samples.set(
    REFERENCE,
    Array.from({ length: numbers.rounds }, () => ALLOWED),
  );
  for (const count of [0, numbers.services]) {
    await createServices(sdk(slipway), { count, image });
    await sleep(numbers.settle * 1_000);
    const rounds = await measureRounds(gauges(count), numbers);
    for (const [index, { name }] of gauges(count).entries()) {
      samples.set(
        name,
        rounds.flatMap((round) => round[index] ?? []),
      );
    }
  }
  const notes = [
    `Windows of ${numbers.seconds} s, ${numbers.settle} s after the last change; one instance per service, no requests.`,
    "Windows with and without services cannot alternate: first all without, then all with.",
  ];
  const title = "bench:idle";
  printResult({ title, machine, notes, measures: WINDOW_MEASURES, reference: REFERENCE, samples }, isJson);
});

async function createServices(
  client: AppRunnerClient,
  { count, image }: { readonly count: number; readonly image: string },
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const { arn } = await create(client, `idle-${next++}`, image);
      await untilRunning(client, arn);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}
