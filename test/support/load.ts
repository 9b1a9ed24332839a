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

/** How one request of an open loop ended. */
export interface TimedAnswer {
  /** When it was to be sent, in milliseconds since the load began. */
  readonly dueMs: number;
  /** From then on to the end of the answer: a client that is late itself hides nothing. */
  readonly latencyMs: number;
  /** Null: there was no answer. */
  readonly status: number | null;
  /** The instance that answered, as it says itself. */
  readonly instance: string | null;
  /** Null for a 200, else what went wrong. */
  readonly failure: string | null;
}

export interface OpenLoopReport extends LoadReport {
  readonly answers: readonly TimedAnswer[];
}

export interface OpenLoopOptions {
  /** One after the other. */
  readonly steps: readonly LoadStep[];
  readonly keepAlive: boolean;
  readonly path?: string;
}

export interface LoadStep {
  readonly requestsPerSecond: number;
  readonly durationMs: number;
}

/**
 * Sends at fixed times whatever the answers take, as independent users would: a stall shows up as many slow requests
 * instead of one. Ends with the last step, or when the signal is aborted.
 */
export async function openLoop(
  target: LoadTarget,
  { steps, keepAlive, path = "/" }: OpenLoopOptions,
  signal: AbortSignal,
): Promise<OpenLoopReport> {
  const agent = new Agent({ keepAlive, maxSockets: Number.POSITIVE_INFINITY });
  const open: Promise<TimedAnswer>[] = [];
  const startMs = performance.now();
  for (const dueMs of dueTimes(steps)) {
    const waitMs = startMs + dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const answered = one({ ...target, path, agent }).then((answer) => {
      return { ...answer, dueMs, latencyMs: performance.now() - startMs - dueMs };
    });
    open.push(answered);
  }
  const answers = await Promise.all(open);
  agent.destroy();
  return { requests: answers.length, failures: answers.flatMap(({ failure }) => failure ?? []), answers };
}

/** One step without an end. */
export function steadily(requestsPerSecond: number): readonly LoadStep[] {
  return [{ requestsPerSecond, durationMs: Number.POSITIVE_INFINITY }];
}

function* dueTimes(steps: readonly LoadStep[]): Generator<number> {
  let beganMs = 0;
  for (const { requestsPerSecond, durationMs } of steps) {
    const count = (durationMs * requestsPerSecond) / 1000;
    for (let sent = 0; sent < count; sent++) yield beganMs + (sent * 1000) / requestsPerSecond;
    beganMs += durationMs;
  }
}

type Outcome = Pick<TimedAnswer, "status" | "instance" | "failure">;

function one(target: LoadTarget & { readonly path: string; readonly agent: Agent }): Promise<Outcome> {
  const { edgePort, host, path, agent } = target;
  return new Promise((done) => {
    const call = request(
      {
        host: "127.0.0.1",
        port: edgePort,
        path,
        agent,
        headers: { host },
        signal: AbortSignal.timeout(30_000),
      },
      (response) => {
        const status = response.statusCode ?? null;
        const instance = String(response.headers["x-instance"] ?? "") || null;
        response.resume();
        response.on("end", () =>
          done({ status, instance, failure: status === 200 ? null : `status ${status}` }),
        );
        response.on("error", (error) => done({ status, instance, failure: `answer: ${error.message}` }));
      },
    );
    call.on("error", (error: NodeJS.ErrnoException) => {
      // A keep-alive connection may be closed while the request is on its way. Every client repeats those by itself.
      const isRace = call.reusedSocket && error.code === "ECONNRESET";
      done(isRace ? one(target) : { status: null, instance: null, failure: `request: ${error.message}` });
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
