/** Closed load by wrk with kept connections, for what must be held against another's counting. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "vitest";

const run = promisify(execFile);

/** As many requests may be on their way when it ends; the server counts them, wrk does not. */
export const WRK_CONNECTIONS = 8;

export interface WrkLoad {
  readonly edgePort: number;
  readonly host: string;
  readonly seconds: number;
  readonly path?: string;
}

export interface WrkReport {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Every answer must be a 2xx. */
export async function runWrk({ edgePort, host, seconds, path = "/" }: WrkLoad): Promise<WrkReport> {
  const { stdout } = await run("wrk", [
    "-t1",
    `-c${WRK_CONNECTIONS}`,
    `-d${seconds}s`,
    "--latency",
    `-HHost: ${host}`,
    `http://127.0.0.1:${edgePort}${path}`,
  ]);
  expect(stdout).not.toContain("Non-2xx");
  const percentileMs = (name: string): number => {
    const [, value, unit] = new RegExp(`${name}%\\s+([\\d.]+)(us|ms|s)`).exec(stdout) ?? [];
    return Number(value) * (unit === "us" ? 0.001 : unit === "ms" ? 1 : 1000);
  };
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return { requests, p50Ms: percentileMs("50"), p99Ms: percentileMs("99") };
}
