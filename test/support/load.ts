/** Clients that load a service and count every request that failed. */
import { spawn } from "node:child_process";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface LoadTarget {
  readonly edgePort: number;
  /** Value of the Host header. */
  readonly host: string;
}

export interface LoadReport {
  readonly requests: number;
  readonly failures: readonly string[];
}

/**
 * Sends at a fixed rate whatever the answers take, as independent users would: a stall shows up as many slow requests
 * instead of one.
 */
export async function openLoop(
  target: LoadTarget,
  options: { readonly requestsPerSecond: number; readonly keepAlive: boolean },
  signal: AbortSignal,
): Promise<LoadReport> {
  const agent = new Agent({ keepAlive: options.keepAlive, maxSockets: Number.POSITIVE_INFINITY });
  const failures: string[] = [];
  const open: Promise<void>[] = [];
  const startMs = performance.now();
  for (let sent = 0; !signal.aborted; sent++) {
    const dueMs = startMs + (sent * 1000) / options.requestsPerSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    open.push(one(target, agent).then((failure) => void (failure !== null && failures.push(failure))));
  }
  await Promise.all(open);
  agent.destroy();
  return { requests: open.length, failures };
}

/** Null for a 200, else what went wrong. */
function one(target: LoadTarget, agent: Agent): Promise<string | null> {
  return new Promise((done) => {
    const call = request(
      {
        host: "127.0.0.1",
        port: target.edgePort,
        path: "/",
        agent,
        headers: { host: target.host },
        signal: AbortSignal.timeout(30_000),
      },
      (response) => {
        response.resume();
        response.on("end", () => done(response.statusCode === 200 ? null : `status ${response.statusCode}`));
        response.on("error", (error) => done(`answer: ${error.message}`));
      },
    );
    call.on("error", (error: NodeJS.ErrnoException) => {
      // A keep-alive connection may be closed while the request is on its way. Every client repeats those by itself.
      const isRace = call.reusedSocket && error.code === "ECONNRESET";
      done(isRace ? one(target, agent) : `request: ${error.message}`);
    });
    call.end();
  });
}

/** Runs wrk until the signal is aborted. Returns what its summary counts as failed. */
export async function wrk(
  target: LoadTarget,
  options: { readonly connections: number; readonly durationS: number; readonly keepAlive: boolean },
): Promise<LoadReport> {
  const args = [
    "-t1",
    `-c${options.connections}`,
    `-d${options.durationS}s`,
    "--timeout=30s",
    `-HHost: ${target.host}`,
    ...(options.keepAlive ? [] : ["-HConnection: close"]),
    `http://127.0.0.1:${target.edgePort}/`,
  ];
  const child = spawn("wrk", args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (chunk: string) => (output += chunk));
  await new Promise((done) => child.once("close", done));
  return readWrkSummary(output);
}

function readWrkSummary(output: string): LoadReport {
  const requests = Number(/(\d+) requests in/.exec(output)?.[1]);
  if (Number.isNaN(requests)) throw new Error(`wrk said:\n${output}`);
  const failures = output.split("\n").filter((line) => {
    if (line.includes("Non-2xx")) return true;
    return line.includes("Socket errors") && !/connect 0, read 0, write 0, timeout 0/.test(line);
  });
  return { requests, failures };
}
