/** The real edge: HaproxyEdge as the control plane uses it, with a pool of slots and one service routed to the origin. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultHealthCheck } from "../../src/domain/health-check.ts";
import { HaproxyEdge } from "../../src/edge/haproxy-edge.ts";
import { edgeLayout } from "../../src/edge/layout.ts";
import { findSupervisor, stopEdge } from "../../src/edge/supervisor.ts";
import { freePort } from "../../test/support/free-port.ts";
import type { Cleanup } from "../support/cleanup.ts";
import { startLogReader } from "./log-readers.ts";
import type { Contender, Surroundings } from "./contender.ts";

const ADDRESS = "127.0.0.1";
/** App Runner's default, above the connections of the load: nothing waits in the queue. */
const MAX_CONCURRENCY = 100;

export interface RunningEdge extends Contender {
  readonly stateDirectory: string;
  /** The configuration as rendered, without the slots. */
  readonly config: string;
}

export interface EdgeOptions extends Surroundings {
  readonly slots: number;
  readonly hasAccessLog: boolean;
}

export async function startEdge(options: EdgeOptions, cleanup: Cleanup): Promise<RunningEdge> {
  const name = options.hasAccessLog ? "edge" : "edge-nolog";
  const stateDirectory = join(options.directory, name);
  const port = await freePort();
  await prepareEdge({ ...options, stateDirectory, port }, cleanup);
  const layout = edgeLayout(stateDirectory);
  const supervisor = await findSupervisor(layout);
  if (supervisor === null) throw new Error("the edge has no supervisor");
  const reader = options.hasAccessLog ? await startLogReader(layout.runtimeSocket, cleanup) : null;
  return {
    name,
    port,
    processes: reader === null ? [supervisor] : [supervisor, reader.pid],
    logLines: reader === null ? null : () => reader.lines(),
    stateDirectory,
    config: readFileSync(layout.baseConfig, "utf8"),
  };
}

async function prepareEdge(
  options: EdgeOptions & { readonly stateDirectory: string; readonly port: number },
  cleanup: Cleanup,
): Promise<void> {
  const { stateDirectory, port, host, origin, slots, hasAccessLog } = options;
  const signal = AbortSignal.timeout(60_000);
  const edge = new HaproxyEdge({
    stateDirectory,
    httpBindAddress: ADDRESS,
    httpPort: port,
    httpsPort: await freePort(),
    haproxyPath: "/usr/sbin/haproxy",
    log: (_level, message) => process.stderr.write(`edge: ${message}\n`),
  });
  cleanup.add(() => stopEdge({ stateDirectory, drainMs: 0 }));
  await edge.prepare({ minimumSlots: slots }, signal);
  const server = {
    instanceId: "0".repeat(32),
    address: ADDRESS,
    port: origin.port,
    maxConcurrency: MAX_CONCURRENCY,
    protocol: "http1" as const,
    healthCheck: defaultHealthCheck,
  };
  await edge.addServer(0, server, signal);
  const logging = { hasAccessLog, isTraced: false };
  await edge.setRoute(
    host,
    { kind: "slot", slot: 0, queueLimit: MAX_CONCURRENCY, gate: "open", logging },
    signal,
  );
}
