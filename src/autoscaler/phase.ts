/**
 * How quiet a service is, by the time since its last request:
 *
 * | phase | its instances                       | its gate | from                                   |
 * |-------|-------------------------------------|----------|----------------------------------------|
 * | busy  | run                                 | open     | a request                              |
 * | quiet | get what the policy gives idle ones | watched  | some seconds without one               |
 * | warm  | one, frozen                         | watched  | `scaleToZeroMs` without one            |
 * | zero  | none                                | closed   | `warmZeroMs` after that                |
 */
import type { ScalePolicy } from "../domain/scaling.ts";
import type { ScaleParameters } from "./scale-parameters.ts";

export type Phase = "busy" | "quiet" | "warm" | "zero";

type PhaseParameters = Pick<ScaleParameters, "quietAfterMs" | "leastBusyMs">;

export function phaseAt(quietMs: number, policy: ScalePolicy, parameters: PhaseParameters): Phase {
  const { warmFromMs, zeroFromMs, quietFromMs } = boundaries(policy, parameters);
  if (quietMs >= zeroFromMs) return "zero";
  if (quietMs >= warmFromMs) return "warm";
  return quietMs >= quietFromMs ? "quiet" : "busy";
}

/** When the phase changes next if no request comes; null: never. */
export function nextPhaseAtMs(
  lastRequestMs: number,
  nowMs: number,
  policy: ScalePolicy,
  parameters: PhaseParameters,
): number | null {
  const { warmFromMs, zeroFromMs, quietFromMs } = boundaries(policy, parameters);
  const times = [quietFromMs, warmFromMs, zeroFromMs].map((afterMs) => lastRequestMs + afterMs);
  const nextMs = Math.min(...times.filter((atMs) => atMs > nowMs));
  return Number.isFinite(nextMs) ? nextMs : null;
}

function boundaries(
  { scaleToZeroMs, warmZeroMs }: ScalePolicy,
  { quietAfterMs, leastBusyMs }: PhaseParameters,
): { readonly quietFromMs: number; readonly warmFromMs: number; readonly zeroFromMs: number } {
  const warmFromMs = scaleToZeroMs === null ? Infinity : Math.max(scaleToZeroMs, leastBusyMs);
  return { quietFromMs: quietAfterMs, warmFromMs, zeroFromMs: warmFromMs + warmZeroMs };
}
