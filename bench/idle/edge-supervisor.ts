/** Process id of an installation's edge. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { edgeLayout } from "../../src/edge/layout.ts";

export function edgeSupervisor(stateDirectory: string): number {
  return Number(readFileSync(edgeLayout(join(stateDirectory, "edge")).supervisorPid, "utf8"));
}
