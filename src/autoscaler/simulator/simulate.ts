/** One run: a trace against a service with these settings, and what came of it. */
import type { ScaleParameters } from "../scale-parameters.ts";
import { AppRunnerRule } from "./app-runner-rule.ts";
import { Arrivals } from "./arrivals.ts";
import type { InstanceUse } from "./instance-meter.ts";
import { KnativeRule } from "./knative-rule.ts";
import { type PricedSize, type Prices, appRunnerPrices, costOf } from "./price.ts";
import type { RunSettings } from "./run-settings.ts";
import { type Series, emptySeries } from "./series.ts";
import { SimulatedService } from "./simulated-service.ts";
import type { SizingRule } from "./sizing-rule.ts";
import { SlipwayRule } from "./slipway-rule.ts";
import type { Trace } from "./trace.ts";

export interface SimulationWorld {
  readonly trace: Trace;
  readonly startMs: number;
  readonly size: PricedSize;
  readonly prices: Prices;
  readonly parameters?: ScaleParameters;
}

export const plainWorld: Omit<SimulationWorld, "trace"> = {
  startMs: 300,
  size: { vcpu: 1, memoryGiB: 2 },
  prices: appRunnerPrices,
};

export interface RunResult extends InstanceUse {
  readonly settings: RunSettings;
  readonly requests: number;
  /** Answered by the edge: 429, or 503 when nothing started in time. */
  readonly refused: number;
  /** Waited at a closed gate for a first instance. */
  readonly held: number;
  /** From a request's arrival until an instance works on it; of those that were not refused. */
  readonly p50WaitMs: number;
  readonly p99WaitMs: number;
  readonly maxWaitMs: number;
  readonly starts: number;
  readonly peakInstances: number;
  /** How often another number of instances was wished for. */
  readonly changes: number;
  readonly cost: number;
  readonly series: Series;
  /** False: given up early, because it was no good any more. */
  readonly isComplete: boolean;
}

/** What is known in the middle of a run. */
export interface RunSoFar {
  readonly refused: number;
}

const SECOND_MS = 1000;

/** `isHopeless` is asked each second; true ends the run. */
export function simulate(
  world: SimulationWorld,
  settings: RunSettings,
  isHopeless: (soFar: RunSoFar) => boolean = () => false,
): RunResult {
  const { trace, startMs } = world;
  const { policy } = settings;
  const rule = ruleFor(world, settings);
  const service = new SimulatedService({
    arrivals: new Arrivals(trace),
    rule,
    maxConcurrency: policy.maxConcurrency,
    present: policy.minSize,
    startMs,
  });
  const seconds = trace.requests.length;
  const series = emptySeries(seconds);
  let changes = 0;
  let second = 0;
  for (; second < seconds; second++) {
    const refusedBefore = service.refusedCount;
    changes += runSecond(service, second, rule.lookMs);
    record(series, service, second);
    series.refused[second] = service.refusedCount - refusedBefore;
    if (isHopeless({ refused: service.refusedCount })) break;
  }
  service.finish();
  series.requests.set(trace.requests);
  return { settings, series, changes, isComplete: second === seconds, ...resultOf(world, service) };
}

function ruleFor({ trace, parameters }: SimulationWorld, { rule, policy }: RunSettings): SizingRule {
  if (rule === "knative") return new KnativeRule(policy);
  if (rule === "apprunner") return new AppRunnerRule(policy, meanDuration(trace));
  return new SlipwayRule(policy, parameters);
}

/** How often another number of instances was wished for. */
function runSecond(service: SimulatedService, second: number, lookMs: number): number {
  let changes = 0;
  service.peakWaiting = service.queued + service.held;
  for (let passedMs = lookMs; passedMs <= SECOND_MS; passedMs += lookMs) {
    const before = service.wish.count;
    service.advance(second * SECOND_MS + passedMs);
    service.look();
    if (service.wish.count !== before) changes++;
  }
  return changes;
}

function record(series: Series, service: SimulatedService, second: number): void {
  series.waiting[second] = service.peakWaiting;
  series.wished[second] = service.wish.count;
  series.ready[second] = service.readyCount;
  series.inFlight[second] = service.inFlight;
}

function resultOf({ trace, size, prices }: SimulationWorld, service: SimulatedService) {
  const { waits, meter, refusedCount, heldCount, starts, peakInstances } = service;
  return {
    ...meter.use,
    requests: trace.requests.reduce((total, count) => total + count, 0),
    refused: refusedCount,
    held: heldCount,
    p50WaitMs: waits.quantile(0.5),
    p99WaitMs: waits.quantile(0.99),
    maxWaitMs: waits.maxMs,
    starts,
    peakInstances,
    cost: costOf(meter.use, size, prices),
  };
}

/** Weighted by the requests. */
function meanDuration({ requests, durationsMs }: Trace): number {
  const total = requests.reduce((sum, count) => sum + count, 0);
  const work = requests.reduce((sum, count, second) => sum + count * (durationsMs[second] ?? 0), 0);
  return total === 0 ? 0 : work / total;
}
