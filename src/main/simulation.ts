/** Runs what `slipway simulate` asks for: the command line and the simulator do not know each other. */
import { type Recommendation, recommend } from "../autoscaler/simulator/recommend.ts";
import { type SettingTexts, parseSettings, runSettings } from "../autoscaler/simulator/run-settings.ts";
import { type SimulationWorld, simulate } from "../autoscaler/simulator/simulate.ts";
import { SHAPES, makeTrace } from "../autoscaler/simulator/trace-shape.ts";
import { SimulationMistake, type Trace, parseTrace } from "../autoscaler/simulator/trace.ts";
import type { SimulationOutcome, SimulationReport, SimulationRequest } from "../cli/simulation.ts";

const RIVALS = [
  ["as Knative", "knative"],
  ["as App Runner", "apprunner"],
] as const;

export function runSimulation(request: SimulationRequest): SimulationOutcome {
  try {
    return simulateAll(request);
  } catch (error) {
    if (error instanceof SimulationMistake) return { problem: error.message };
    throw error;
  }
}

function simulateAll(request: SimulationRequest): SimulationReport {
  const { startMs, size, prices, base, tries, compares, report } = request;
  const texts = parseSettings(base.settings);
  const world = { trace: traceOf(request), startMs, size, prices };
  const tried = tries.map((own) => new Map([...texts, ...parseSettings(own)]));
  const last = tried.at(-1) ?? texts;
  const runs = [
    runSettings(base.name, texts),
    ...tried.map((own, index) => runSettings(tries[index] ?? "", own)),
    ...(compares ? RIVALS : []).map(([name, rule]) => runSettings(name, new Map([...last, ["rule", rule]]))),
  ].map((settings, index) => {
    report(`Run ${index + 1}: ${settings.name}`);
    return simulate(world, settings);
  });
  return { runs, recommendation: recommendationFor(request, world, texts) };
}

function traceOf({ load, durationMs, spread, seed }: SimulationRequest): Trace {
  if ("csv" in load) return parseTrace(load.csv, { durationMs, spread, seed });
  const shape = SHAPES.find((name) => name === load.shape);
  if (shape === undefined) {
    throw new SimulationMistake(`There is no shape "${load.shape}". Choose one of ${SHAPES.join(", ")}.`);
  }
  return makeTrace({ ...load, shape, durationMs, spread, seed });
}

function recommendationFor(
  { targetMs, report }: SimulationRequest,
  world: SimulationWorld,
  base: SettingTexts,
): Recommendation | null {
  if (targetMs === null) return null;
  const onRun = (number: number, most: number): void => report(`Try ${number} of at most ${most}`);
  return recommend(world, { base, targetMs, onRun });
}
