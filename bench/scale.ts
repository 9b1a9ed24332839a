/**
 * A service whose load rises at once to many times what its one instance can do: how soon others answer, what their
 * clients notice meanwhile, and how long the instances stay when the load has gone. Seen from the clients' side.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createScaling, liveInstances, sdk } from "../test/support/service.ts";
import { waitFor } from "../test/support/wait-for.ts";
import { sendLoad } from "./scale/load.ts";
import { type AnswerKey, answerFigures, type StepKey, stepFigures } from "./scale/step-figures.ts";
import { type Cleanup, runBenchmark } from "./support/cleanup.ts";
import { type BenchInstallation, startInstallation } from "./support/installation.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";
import { create, remove, untilRunning } from "./support/services.ts";

type Key = AnswerKey | StepKey | "overshoot" | "scaleInS";

const MEASURES: readonly Measure<Key>[] = [
  { key: "firstMs", label: "first new, ms", digits: 0, isCompared: false },
  { key: "neededMs", label: "all needed, ms", digits: 0, isCompared: false },
  { key: "overshoot", label: "more than needed", digits: 0, isCompared: false },
  { key: "scaleInS", label: "scaled in after, s", digits: 0, isCompared: false },
  { key: "p50Ms", label: "p50 ms", digits: 0, isCompared: false },
  { key: "p99Ms", label: "p99 ms", digits: 0, isCompared: false },
  { key: "over1s", label: "over 1 s", digits: 0, isCompared: false },
  { key: "failed429", label: "429", digits: 0, isCompared: false },
  { key: "failed503", label: "503", digits: 0, isCompared: false },
  { key: "failedOther", label: "other", digits: 0, isCompared: false },
  { key: "failedShare", label: "% failed", digits: 1, isCompared: false },
];
const SERVICE_MS = 100;
const MAX_CONCURRENCY = 10;
const MAX_SIZE = 10;
const PER_INSTANCE = (MAX_CONCURRENCY * 1_000) / SERVICE_MS;
/** Before the step. */
const CALM_MS = 5_000;
/** The load is gone from the means a minute after it went, and the size stays a minute longer. */
const SCALE_IN_MS = 300_000;
const EARLY_MS = 5_000;

await runBenchmark(async (cleanup) => {
  const { numbers, isJson } = readOptions("bench:scale", {
    rounds: { default: 3, meaning: "rounds: one new service, one step" },
    times: { default: 8, meaning: "load of the step, in times what one instance can do" },
    seconds: { default: 30, meaning: "seconds of the step" },
  });
  const machine = await describeMachine([
    ["docker", "--version"],
    ["haproxy", "-v"],
  ]);
  const installation = await startInstallation(cleanup);
  const scalingArn = await createScaling(installation.slipway, {
    name: "bench-scale",
    minSize: 1,
    maxSize: MAX_SIZE,
    maxConcurrency: MAX_CONCURRENCY,
  });
  const rows = ["scaling", "first 5 s of the step", "rest of the step"] as const;
  const samples = new Map<string, Sample<Key>[]>(rows.map((name) => [name, []]));
  for (let round = 0; round < numbers.rounds; round++) {
    const figures = await measureStep({ ...installation, ...numbers, scalingArn, round }, cleanup);
    for (const [index, name] of rows.entries()) samples.get(name)?.push(figures[index] ?? {});
    process.stderr.write(`round ${round + 1} of ${numbers.rounds}\n`);
  }
  const notes = [
    `Requests of ${SERVICE_MS} ms; MaxConcurrency ${MAX_CONCURRENCY}, sizes 1 to ${MAX_SIZE}: ${PER_INSTANCE / 2}/s, then ` +
      `${PER_INSTANCE * numbers.times}/s for ${numbers.seconds} s, then none. Needed: ${numbers.times} instances.`,
    "Sent at fixed times by a process of its own; a latency counts from the time a request was due.",
  ];
  printResult({ title: "bench:scale", machine, notes, measures: MEASURES, samples }, isJson);
});

interface StepPlan extends BenchInstallation {
  readonly scalingArn: string;
  readonly round: number;
  readonly times: number;
  readonly seconds: number;
}

async function measureStep(plan: StepPlan, cleanup: Cleanup): Promise<readonly Sample<Key>[]> {
  const { slipway, image, scalingArn, round, times, seconds } = plan;
  const client = sdk(slipway);
  const { arn, url } = await create(client, `bench-${round}`, image, { scalingArn });
  await untilRunning(client, arn);
  const highest = watchHighest(plan, arn);
  const answers = await sendLoad(
    {
      edgePort: slipway.edgePort,
      host: url,
      path: `/slow?ms=${SERVICE_MS}`,
      steps: [
        { requestsPerSecond: PER_INSTANCE / 2, durationMs: CALM_MS },
        { requestsPerSecond: PER_INSTANCE * times, durationMs: seconds * 1_000 },
      ],
    },
    cleanup,
  );
  const offMs = Date.now();
  await waitFor(async () => (await liveInstances(slipway, arn)).length === 1, {
    what: "one instance again",
    timeoutMs: SCALE_IN_MS,
    everyMs: 500,
  });
  const scaleInS = (Date.now() - offMs) / 1_000;
  const overshoot = (await highest.stop()) - times;
  await remove(client, arn);
  const early = answers.filter(({ dueMs }) => dueMs >= CALM_MS && dueMs < CALM_MS + EARLY_MS);
  const rest = answers.filter(({ dueMs }) => dueMs >= CALM_MS + EARLY_MS);
  const scaling = stepFigures(answers, { stepMs: CALM_MS, needed: times });
  return [{ ...scaling, overshoot, scaleInS }, answerFigures(early), answerFigures(rest)];
}

/** The most instances that were there at once. */
function watchHighest({ slipway }: BenchInstallation, arn: string): { stop(): Promise<number> } {
  const over = new AbortController();
  let highest = 0;
  const done = (async () => {
    while (!over.signal.aborted) {
      highest = Math.max(highest, (await liveInstances(slipway, arn)).length);
      await sleep(250);
    }
  })();
  return {
    async stop() {
      over.abort();
      await done;
      return highest;
    },
  };
}
