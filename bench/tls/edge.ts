/** The real edge, started as after a restart of the machine: its certificates are on disk, nothing runs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultHealthCheck } from "../../src/domain/health-check.ts";
import { certificateFile } from "../../src/edge/certificate-file.ts";
import { HaproxyEdge } from "../../src/edge/haproxy-edge.ts";
import { edgeLayout } from "../../src/edge/layout.ts";
import { findSupervisor, stopEdge } from "../../src/edge/supervisor.ts";
import { freePort } from "../../test/support/free-port.ts";
import type { Cleanup } from "../support/cleanup.ts";
import { stopwatch } from "../support/stopwatch.ts";
import { type Contender, HOST, type Setting } from "./contender.ts";

const ADDRESS = "127.0.0.1";
const SLOTS = 200;
const MAX_CONCURRENCY = 100;

export async function startEdge(
  { directory, origin, credentials }: Setting,
  cleanup: Cleanup,
): Promise<Contender> {
  const signal = AbortSignal.timeout(60_000);
  const layout = edgeLayout(directory);
  const [port, httpPort] = [await freePort(), await freePort()];
  const options = {
    stateDirectory: directory,
    httpBindAddress: ADDRESS,
    httpPort,
    httpsPort: port,
    haproxyPath: "/usr/sbin/haproxy",
    log: (_level: string, message: string) => void process.stderr.write(`edge: ${message}\n`),
  };
  const stop = (): Promise<void> => stopEdge({ stateDirectory: directory, drainMs: 0 });
  cleanup.add(stop);
  await new HaproxyEdge(options).prepare({ minimumSlots: SLOTS }, signal);
  await stop();
  for (const [index, { certificate }] of credentials.entries()) {
    const { fileName, text } = certificateFile(certificate, index + 1);
    writeFileSync(join(layout.certificateDirectory, fileName), text, { mode: 0o600 });
  }
  const edge = new HaproxyEdge(options);
  const elapsedMs = stopwatch();
  await edge.prepare({ minimumSlots: SLOTS }, signal);
  const startMs = elapsedMs();
  const instance = {
    instanceId: "0".repeat(32),
    address: ADDRESS,
    port: origin.port,
    protocol: "http1" as const,
  };
  const server = { ...instance, maxConcurrency: MAX_CONCURRENCY, healthCheck: defaultHealthCheck };
  await edge.addServer(0, server, signal);
  await edge.setRoute(HOST, { kind: "slot", slot: 0, queueLimit: MAX_CONCURRENCY, gate: "open" }, signal);
  const supervisor = await findSupervisor(layout);
  if (supervisor === null) throw new Error("the edge has no supervisor");
  return { name: "edge", port, processes: [supervisor], startMs };
}
