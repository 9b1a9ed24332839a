/** `slipway simulate`: what settings of scaling lead to under a load, before anybody has to bear it. */
import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { CliFailure, usageFailure } from "../failure.ts";
import { readScaling } from "../simulated-service.ts";
import { renderChart } from "../simulation-chart.ts";
import { renderCsv } from "../simulation-csv.ts";
import { type SimulationOptions, loadOf, requestOf } from "../simulation-options.ts";
import type { SimulatedRecommendation, SimulatedRun, SimulationReport } from "../simulation.ts";
import { paint } from "../style.ts";
import { renderTable } from "../table.ts";
import { type CommandFactory, examples, printJson } from "./shared.ts";

export const simulateCommand: CommandFactory = (context) =>
  describeLoad(
    new Command("simulate")
      .description("play a load against the autoscaler in virtual time: waits, refusals, instances, cost")
      .argument("[service]", "name or ARN whose settings to begin with; left out, the defaults"),
  )
    .option("--try <settings>", "also with these, as name=value,…; may be repeated", collect)
    .option("--compare", "the last of these also by the rules of Knative and of App Runner")
    .option("--recommend", "look for the cheapest settings that meet the target")
    .option("--target <time>", "99 of 100 requests shall wait at most this long", "250ms")
    .option("--start <time>", "from the wish for an instance to its first request", "300ms")
    .option("--cpu <cores>", "of an instance, for the cost")
    .option("--memory <size>", "of an instance, for the cost")
    .option("--cpu-price <dollars>", "of a vCPU for an hour of work", "0.064")
    .option("--memory-price <dollars>", "of a GB for an hour, working or not", "0.007")
    .option("--csv <file>", "write what was so in each second")
    .option("--json", "print JSON: Runs, each with its Series, and Recommendation")
    .addHelpText(
      "after",
      `\nSettings: max-concurrency, min-size, max-size, scale-to-zero, warm-zero, idle; and rule: slipway, knative or apprunner.\n${examples(
        "simulate --shape step --rate 100 --peak 800 --duration 50ms --compare",
        "simulate shop --trace yesterday.csv --try max-concurrency=50,min-size=2 --try scale-to-zero=10m",
        "simulate --shape daily --peak 94 --recommend",
      )}`,
    )
    .action((name: string | undefined, options: SimulationOptions, command: Command) =>
      act(context, { name, options, command }),
    );

function describeLoad(command: Command): Command {
  return command
    .option("--trace <file>", "the load, as CSV: second,requests[,duration_ms]")
    .option("--shape <name>", "or a made one: step, ramp, daily, burst, poisson (daily)")
    .option("--rate <number>", "requests a second of a shape in calm times", "10")
    .option("--peak <number>", "… and at the most; left out, eight times as many")
    .option("--length <time>", "how long a shape is; left out, daily a day, step and ramp 20m, else 1h")
    .option("--every <time>", "from one burst to the next", "10m")
    .option("--duration <time>", "how long an instance works on a request", "100ms")
    .option("--spread <name>", "of durations: fixed, or exponential around that", "exponential")
    .option("--seed <number>", "other chance", "1");
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

interface Act {
  readonly name: string | undefined;
  readonly options: SimulationOptions;
  readonly command: Command;
}

async function act(context: CliContext, { name, options, command }: Act): Promise<void> {
  const { io, hooks } = context;
  const load = await loadOf(options, (path) => io.readFile(path));
  const service = name === undefined ? null : await readScaling(await context.connect(command), name);
  for (const note of service?.notes ?? []) io.err(note);
  const report = (line: string): void => io.err(line);
  const outcome = hooks.simulate({ ...requestOf(options, service), load, report });
  if ("problem" in outcome) throw usageFailure(outcome.problem, "See `slipway simulate --help`.");
  if (options.csv !== undefined) await writeCsv(context, options.csv, outcome.runs);
  if (options.json === true) return printJson(context, toJson(outcome));
  for (const line of render(context, outcome)) io.out(line);
}

async function writeCsv({ io }: CliContext, path: string, runs: readonly SimulatedRun[]): Promise<void> {
  try {
    await io.writeFile(io.resolvePath(path), renderCsv(runs));
  } catch (error) {
    throw new CliFailure(`${path} cannot be written: ${String(error)}`, {
      cause: error,
      hint: "Name a file in a directory that you may write to.",
    });
  }
}

function render({ io }: CliContext, { runs, recommendation }: SimulationReport): readonly string[] {
  return [
    ...renderChart(io, runs),
    "",
    ...renderTable(runs, [
      { title: paint(io, "dim", "RUN"), cell: ({ settings }) => settings.name },
      { title: paint(io, "dim", "WAIT P50"), cell: ({ p50WaitMs }) => time(p50WaitMs) },
      { title: paint(io, "dim", "P99"), cell: ({ p99WaitMs }) => time(p99WaitMs) },
      { title: paint(io, "dim", "MAX"), cell: ({ maxWaitMs }) => time(maxWaitMs) },
      { title: paint(io, "dim", "REFUSED"), cell: refusedOf },
      { title: paint(io, "dim", "HELD"), cell: ({ held }) => String(held) },
      { title: paint(io, "dim", "STARTS"), cell: ({ starts }) => String(starts) },
      { title: paint(io, "dim", "MOST"), cell: ({ peakInstances }) => String(peakInstances) },
      { title: paint(io, "dim", "HOURS"), cell: ({ provisionedHours }) => provisionedHours.toFixed(2) },
      { title: paint(io, "dim", "ACTIVE"), cell: ({ activeHours }) => activeHours.toFixed(2) },
      { title: paint(io, "dim", "COST"), cell: ({ cost }) => `$${cost.toFixed(3)}` },
    ]),
    ...(recommendation === null ? [] : ["", adviceOf(recommendation)]),
  ];
}

function adviceOf({ best, tried, targetMs }: SimulatedRecommendation): string {
  const target = `a wait of ${time(targetMs)} for 99 of 100 and no refusal`;
  if (best === null) {
    return `None of ${tried} tries met ${target}. Raise max-size, or --target.`;
  }
  const { settings, p99WaitMs, cost } = best;
  return `Cheapest of ${tried} tries with ${target}: ${settings.name} (P99 ${time(p99WaitMs)}, $${cost.toFixed(3)}).`;
}

function refusedOf({ refused, requests }: SimulatedRun): string {
  return refused === 0 ? "0" : `${refused} (${((100 * refused) / requests).toPrecision(2)}%)`;
}

function time(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)}ms` : `${(ms / 1000).toFixed(1)}s`;
}

function toJson({ runs, recommendation }: SimulationReport) {
  return {
    Runs: runs.map((run) => ({ ...runToJson(run), Series: seriesToJson(run) })),
    Recommendation:
      recommendation === null
        ? null
        : {
            TargetMs: recommendation.targetMs,
            Tried: recommendation.tried,
            Best: recommendation.best === null ? null : runToJson(recommendation.best),
          },
  };
}

function runToJson({ settings, ...run }: SimulatedRun) {
  const { policy } = settings;
  return {
    Name: settings.name,
    Rule: settings.rule,
    MaxConcurrency: policy.maxConcurrency,
    MinSize: policy.minSize,
    MaxSize: policy.maxSize,
    ScaleToZeroMs: policy.scaleToZeroMs,
    WarmZeroMs: policy.warmZeroMs,
    Idle: policy.idle,
    Requests: run.requests,
    Refused: run.refused,
    Held: run.held,
    WaitP50Ms: run.p50WaitMs,
    WaitP99Ms: run.p99WaitMs,
    WaitMaxMs: run.maxWaitMs,
    ProvisionedHours: run.provisionedHours,
    ActiveHours: run.activeHours,
    Starts: run.starts,
    PeakInstances: run.peakInstances,
    Changes: run.changes,
    Cost: run.cost,
  };
}

function seriesToJson({ series }: SimulatedRun) {
  return {
    Requests: Array.from(series.requests),
    Refused: Array.from(series.refused),
    Waiting: Array.from(series.waiting),
    Wished: Array.from(series.wished),
    Ready: Array.from(series.ready),
    InFlight: Array.from(series.inFlight),
  };
}
