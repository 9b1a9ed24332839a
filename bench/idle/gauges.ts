/** Whose memory and processor time is measured: an installation's control plane and its edge. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { edgeLayout } from "../../src/edge/layout.ts";
import type { BenchInstallation } from "../support/installation.ts";
import type { Gauge } from "./window.ts";

export function gaugesOf(
  { slipway, pid }: Pick<BenchInstallation, "slipway" | "pid">,
  what: string,
): readonly Gauge[] {
  const edge = [edgeSupervisor(slipway.stateDirectory)];
  return [
    // It started the edge, which is its child until it ends.
    { name: `control plane, ${what}`, processes: { roots: [pid], except: edge } },
    { name: `edge, ${what}`, processes: { roots: edge } },
  ];
}

function edgeSupervisor(stateDirectory: string): number {
  return Number(readFileSync(edgeLayout(join(stateDirectory, "edge")).supervisorPid, "utf8"));
}
