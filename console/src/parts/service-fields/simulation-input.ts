/** What is asked of the simulator for a draft and a load. Pure. */
import type { Input } from "../../api/wire.ts";
import type { ServiceDraft } from "./draft.ts";
import { extensionProblem } from "./extension-specs.ts";

export interface LoadWish {
  readonly load: "steady" | "step" | "spikes" | "day";
  /** Numbers as they are typed. */
  readonly rate: string;
  readonly peak: string;
  readonly durationMs: string;
  readonly startMs: string;
}

/** Null: something is no number, or not one that can be simulated. */
export function simulationInput(
  draft: Pick<ServiceDraft, "minSize" | "maxSize" | "maxConcurrency" | "extensions" | "cpu" | "memory">,
  { load, rate, peak, durationMs, startMs }: LoadWish,
): Input<"Slipway.SimulateScaling"> | null {
  const typed = [draft.minSize, draft.maxSize, draft.maxConcurrency, rate, peak, durationMs, startMs];
  if (!typed.every((text) => /^\d{1,6}$/.test(text))) return null;
  const [MinSize = 0, MaxSize = 0, MaxConcurrency = 0] = typed.map(Number);
  const { "scale-to-zero": scaleToZero = "", "warm-zero": warmZero = "", idle = "" } = draft.extensions;
  const isWrong =
    extensionProblem("scale-to-zero", scaleToZero) !== null ||
    extensionProblem("warm-zero", warmZero) !== null ||
    MinSize < 1 ||
    MinSize > MaxSize ||
    MaxConcurrency < 1;
  if (isWrong) return null;
  return {
    MinSize,
    MaxSize,
    MaxConcurrency,
    ...(scaleToZero !== "" && { ScaleToZero: scaleToZero }),
    ...(warmZero !== "" && { WarmZero: warmZero }),
    ...((idle === "run" || idle === "freeze") && { Idle: idle }),
    Cpu: draft.cpu,
    Memory: draft.memory,
    Load: load,
    RequestsPerSecond: Number(rate),
    PeakRequestsPerSecond: Number(peak),
    DurationMs: Number(durationMs),
    StartMs: Number(startMs),
  };
}
