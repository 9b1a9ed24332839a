/** The options of `slipway simulate`, from what people type to what the simulator takes. */
import { usageFailure } from "./failure.ts";
import { parseInstanceSize } from "./instance-size.ts";
import type { ReadScaling } from "./simulated-service.ts";
import type { SimulatedLoad, SimulationRequest } from "./simulation.ts";

export interface SimulationOptions {
  readonly trace?: string;
  readonly shape?: string;
  readonly rate: string;
  readonly peak?: string;
  readonly length?: string;
  readonly every: string;
  readonly duration: string;
  readonly spread: string;
  readonly seed: string;
  readonly try?: readonly string[];
  readonly compare?: boolean;
  readonly recommend?: boolean;
  readonly target: string;
  readonly start: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly cpuPrice: string;
  readonly memoryPrice: string;
  readonly csv?: string;
  readonly json?: boolean;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const LENGTHS: Readonly<Record<string, string>> = { daily: "1d", step: "20m", ramp: "20m" };
const PEAK_TIMES = 8;
const RATE_MAX = 100_000;
const LENGTH_MAX_S = 32 * 86_400;

export async function loadOf(
  options: SimulationOptions,
  readFile: (path: string) => Promise<string>,
): Promise<SimulatedLoad> {
  if (options.trace !== undefined) {
    if (options.shape !== undefined)
      throw usageFailure("--trace and --shape are two loads.", "Give one of them.");
    return { csv: await readTrace(options.trace, readFile) };
  }
  const shape = options.shape ?? "daily";
  const rate = number("--rate", options.rate);
  const peak = options.peak === undefined ? PEAK_TIMES * rate : number("--peak", options.peak);
  if (Math.max(rate, peak) > RATE_MAX)
    throw usageFailure(
      `More than ${RATE_MAX} requests a second are not simulated.`,
      "Give a lower --rate or --peak.",
    );
  const lengthS = Math.round(durationMs("--length", options.length ?? LENGTHS[shape] ?? "1h") / 1000);
  if (lengthS < 1 || lengthS > LENGTH_MAX_S)
    throw usageFailure("--length is not within 1s and 32d.", "Write for example 1h.");
  const everyS = Math.max(1, Math.round(durationMs("--every", options.every) / 1000));
  return { shape, rate, peak, lengthS, everyS };
}

async function readTrace(path: string, readFile: (path: string) => Promise<string>): Promise<string> {
  try {
    return await readFile(path);
  } catch (error) {
    throw usageFailure(
      `--trace: ${path} cannot be read (${codeOf(error)}).`,
      "Name a CSV file: second,requests[,duration_ms].",
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

export function requestOf(
  options: SimulationOptions,
  service: ReadScaling | null,
): Omit<SimulationRequest, "load" | "report"> {
  const { spread, compare, recommend, target } = options;
  if (spread !== "fixed" && spread !== "exponential")
    throw usageFailure(`--spread: "${spread}" is not offered.`, "Choose fixed or exponential.");
  return {
    durationMs: durationMs("--duration", options.duration),
    spread,
    seed: number("--seed", options.seed),
    startMs: durationMs("--start", options.start),
    size: sizeOf(options, service),
    prices: {
      perVcpuHour: number("--cpu-price", options.cpuPrice),
      perGiBHour: number("--memory-price", options.memoryPrice),
    },
    base: { name: service?.name ?? "defaults", settings: service?.settings ?? "" },
    tries: options.try ?? [],
    compares: compare === true,
    targetMs: recommend === true ? durationMs("--target", target) : null,
  };
}

/** Where nothing is said, as App Runner's default: 1 vCPU and 2 GB. */
function sizeOf({ cpu, memory }: SimulationOptions, service: ReadScaling | null): SimulationRequest["size"] {
  const size = parseInstanceSize({
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
  });
  return {
    vcpu: size?.Cpu === undefined ? (service?.size.vcpu ?? 1) : Number(size.Cpu) / 1024,
    memoryGiB: size?.Memory === undefined ? (service?.size.memoryGiB ?? 2) : Number(size.Memory) / 1024,
  };
}

function durationMs(option: string, text: string): number {
  const [, digits, unit = ""] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const valueMs = Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
  if (Number.isNaN(valueMs))
    throw usageFailure(`${option}: "${text}" is not a time.`, "Write for example 250ms, 10s, 5m or 1d.");
  return valueMs;
}

function number(option: string, text: string): number {
  if (/^\d{1,9}(?:\.\d{1,6})?$/.test(text)) return Number(text);
  throw usageFailure(`${option}: "${text}" is not a number.`, "Write for example 10 or 0.5.");
}
