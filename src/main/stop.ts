/** Ending everything an installation runs, with or without a living control plane. */
import { edgeLayout } from "../edge/layout.ts";
import { findHaproxy, stopEdge } from "../edge/supervisor.ts";
import { DockerEngine } from "../engine/docker-engine.ts";
import { stopControlPlane } from "./process-control.ts";
import { INSTALLATION_ID } from "./installation-id.ts";
import type { Settings } from "./settings.ts";
import { statePath } from "./state-directory.ts";
import { readStoredSetting } from "./stored-setting.ts";

/** Requests in flight get this long when everything ends. */
const DRAIN_MS = 5_000;
const INSTANCE_GRACE_MS = 10_000;

export interface StopRequest {
  /** Only the control plane ends; the edge and the instances go on serving. */
  readonly keepServing: boolean;
  /** Also takes away what was made on the engine: containers, network, firewall rules, images. State stays on disk. */
  readonly purge: boolean;
  readonly report: (line: string) => void;
}

export interface Stopped {
  /** False: nothing ran. */
  readonly wasRunning: boolean;
  /** What a purge took away; undefined where none was asked for, and where nobody knows whose things to look for. */
  readonly removed?: {
    readonly installationId: string;
    readonly containers: number;
    readonly images: number;
  };
}

export async function stopEverything(
  settings: Settings,
  request: StopRequest,
  signal: AbortSignal,
): Promise<Stopped> {
  const wasServing = await stopControlPlane(settings);
  if (wasServing) request.report("The control plane has ended.");
  if (request.keepServing) return { wasRunning: wasServing };
  const edgeDirectory = statePath(settings.stateDirectory, "edge");
  const hadEdge = (await findHaproxy(edgeLayout(edgeDirectory))) !== null;
  await stopEdge({ stateDirectory: edgeDirectory, drainMs: DRAIN_MS });
  // Also of a damaged database, which must not keep containers alive.
  const ownerId = readStoredSetting(settings.stateDirectory, INSTALLATION_ID);
  if (ownerId === null) return { wasRunning: wasServing || hadEdge };
  const engine = new DockerEngine({ socketPath: settings.dockerSocket, ownerId });
  const running = (await engine.listInstances(signal)).filter(({ state }) => state === "running");
  if (running.length > 0) request.report(`Ending ${running.length} instances.`);
  await Promise.all(
    running.map(({ instanceId }) => engine.stopInstance(instanceId, { graceMs: INSTANCE_GRACE_MS }, signal)),
  );
  const wasRunning = wasServing || hadEdge || running.length > 0;
  if (request.purge) {
    return { wasRunning, removed: { installationId: ownerId, ...(await engine.uninstall(signal)) } };
  }
  await engine.rest(signal);
  return { wasRunning };
}
