import type { InputOf } from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Principal } from "../../domain/identity.ts";
import { assertSizePair, cpuMillis, normalizeCpu, normalizeMemory } from "../../domain/instance-size.ts";
import type { UsagePrices } from "../../domain/usage.ts";
import { SimulationRefused, type SimulationWish } from "../../ports/scaling-simulation.ts";
import type { Handler } from "../handler.ts";

const DEADLINE_MS = 30_000;
const MONTH_HOURS = 730;
const PEAK_TIMES = 8;

/** Ours: how a service with these settings would scale. */
export const simulateScaling: Handler<"SimulateScaling"> = async (
  input,
  { simulation, usagePrices, callerGone },
  caller,
) => {
  const wish = wishOf(input, usagePrices);
  try {
    const signal = AbortSignal.any([callerGone, AbortSignal.timeout(DEADLINE_MS)]);
    const run = await simulation.run(wish, principalKey(caller), signal);
    return {
      IntervalSeconds: run.intervalS,
      Requests: run.requests,
      Instances: run.instances,
      Waiting: run.waiting,
      Refused: run.refused,
      RequestCount: run.requestCount,
      RefusedCount: run.refusedCount,
      WaitP50Ms: run.p50WaitMs,
      WaitP99Ms: run.p99WaitMs,
      WaitMaxMs: run.maxWaitMs,
      PeakInstances: run.peakInstances,
      Starts: run.starts,
      ProvisionedHours: run.provisionedHours,
      Cost: run.cost,
      CostPerMonth: (run.cost * MONTH_HOURS * 3_600) / run.lengthS,
    };
  } catch (error) {
    if (!(error instanceof SimulationRefused)) throw error;
    throw new SlipwayError("InvalidParameter", { path: "Load", problem: error.message }, { cause: error });
  }
};

/** A role has as many places as a user, however many sessions it has: anybody who may assume it makes as many as they like. */
function principalKey(caller: Principal): string {
  if (caller.kind === "root") return "root";
  return caller.kind === "user" ? caller.userId : caller.roleId;
}

function wishOf(input: InputOf<"SimulateScaling">, prices: UsagePrices): SimulationWish {
  const cpu = normalizeCpu(input.Cpu ?? "1024");
  const memory = normalizeMemory(input.Memory ?? "2048");
  assertSizePair(cpu, memory);
  return {
    minSize: input.MinSize,
    maxSize: input.MaxSize,
    maxConcurrency: input.MaxConcurrency,
    scaleToZero: input.ScaleToZero ?? null,
    warmZero: input.WarmZero ?? null,
    idle: input.Idle ?? null,
    vcpu: cpuMillis(cpu) / 1_000,
    memoryGiB: Number(memory) / 1_024,
    load: input.Load,
    requestsPerSecond: input.RequestsPerSecond,
    peakRequestsPerSecond: input.PeakRequestsPerSecond ?? PEAK_TIMES * input.RequestsPerSecond,
    durationMs: input.DurationMs ?? 200,
    startMs: input.StartMs ?? 1_500,
    prices,
  };
}
