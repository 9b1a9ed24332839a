/** What one run of a simulation is about: `max-concurrency=50,min-size=2,scale-to-zero=10m`, or another's rule. */
import { SlipwayError } from "../../domain/error.ts";
import { parseExtensions } from "../../domain/extension.ts";
import { type ScalePolicy, scalePolicy } from "../../domain/scaling.ts";
import { SimulationMistake } from "./trace.ts";

export const RULES = ["slipway", "knative", "apprunner"] as const;
export type RuleName = (typeof RULES)[number];

export interface RunSettings {
  readonly name: string;
  readonly rule: RuleName;
  readonly policy: ScalePolicy;
}

/** As they are written: setting → value. */
export type SettingTexts = ReadonlyMap<string, string>;

const SIZES = {
  "max-concurrency": { least: 1, most: 200, otherwise: 100 },
  "min-size": { least: 1, most: 1000, otherwise: 1 },
  "max-size": { least: 1, most: 1000, otherwise: 25 },
} as const;
const EXTENSIONS = ["scale-to-zero", "warm-zero", "idle"] as const;
const NAMES: readonly string[] = [...Object.keys(SIZES), ...EXTENSIONS, "rule"];

export function parseSettings(text: string): SettingTexts {
  const settings = new Map<string, string>();
  for (const part of text.split(",").map((word) => word.trim())) {
    if (part === "") continue;
    const [, name = "", value = ""] = /^([a-z-]+)=(.+)$/.exec(part) ?? [];
    if (!NAMES.includes(name)) {
      throw new SimulationMistake(
        `"${part}" is not a setting that can be simulated. Write name=value with one of ${NAMES.join(", ")}.`,
      );
    }
    settings.set(name, value.trim());
  }
  return settings;
}

/** What `settings` does not say is as App Runner's and our defaults are. */
export function runSettings(name: string, settings: SettingTexts): RunSettings {
  const scale = {
    maxConcurrency: sizeOf(settings, "max-concurrency"),
    minSize: sizeOf(settings, "min-size"),
    maxSize: sizeOf(settings, "max-size"),
  };
  if (scale.minSize > scale.maxSize) {
    throw new SimulationMistake(
      `min-size ${scale.minSize} is above max-size ${scale.maxSize}. Give both, with min-size at most max-size.`,
    );
  }
  return { name, rule: ruleOf(settings.get("rule") ?? "slipway"), policy: policyOf(scale, settings) };
}

function sizeOf(settings: SettingTexts, name: keyof typeof SIZES): number {
  const { least, most, otherwise } = SIZES[name];
  const text = settings.get(name);
  if (text === undefined) return otherwise;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new SimulationMistake(`${name} is "${text}". Write a whole number from ${least} to ${most}.`);
}

function ruleOf(text: string): RuleName {
  const rule = RULES.find((name) => name === text);
  if (rule !== undefined) return rule;
  throw new SimulationMistake(`rule is "${text}". Write one of ${RULES.join(", ")}.`);
}

function policyOf(scale: Parameters<typeof scalePolicy>[0], settings: SettingTexts): ScalePolicy {
  const tags = EXTENSIONS.flatMap((name) => {
    const value = settings.get(name);
    return value === undefined || value === "off" ? [] : [{ key: `slipway:${name}`, value }];
  });
  try {
    return scalePolicy(scale, parseExtensions(tags));
  } catch (error) {
    if (error instanceof SlipwayError) throw new SimulationMistake(error.message, { cause: error });
    throw error;
  }
}
