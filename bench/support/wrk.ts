/** One run of wrk, the load generator, and what it says. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Cleanup } from "./cleanup.ts";

export interface LoadRequest {
  readonly port: number;
  readonly host: string;
  readonly connections: number;
  readonly durationS: number;
  /** A new TLS connection for each request: wrk resumes none. */
  readonly isNewTls?: boolean;
}

const LOOPBACK = fileURLToPath(new URL("../tls/loopback.lua", import.meta.url));

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Throws when one answer was not a 2xx or 3xx, or a connection broke: such a figure would say nothing. */
export async function wrk(request: LoadRequest, cleanup: Cleanup): Promise<LoadResult> {
  const args = [
    "-t1",
    `-c${request.connections}`,
    `-d${request.durationS}s`,
    "--latency",
    `-HHost: ${request.host}`,
  ];
  const tls = ["-HConnection: close", `-s${LOOPBACK}`, `https://${request.host}:${request.port}/`];
  const target = request.isNewTls === true ? tls : [`http://127.0.0.1:${request.port}/`];
  const child = spawn("wrk", [...args, ...target], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleanup.add(() => void child.kill("SIGTERM"));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  return parseSummary(output);
}

function parseSummary(output: string): LoadResult {
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(`wrk saw failures:\n${output}`);
  const find = (pattern: RegExp): string => {
    const found = pattern.exec(output)?.[1];
    if (found === undefined) throw new Error(`wrk said something else:\n${output}`);
    return found;
  };
  return {
    requests: Number(find(/(\d+) requests in/)),
    requestsPerSecond: Number(find(/Requests\/sec:\s+([\d.]+)/)),
    p50Ms: milliseconds(find(/ 50%\s+(\S+)/)),
    p99Ms: milliseconds(find(/ 99%\s+(\S+)/)),
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000 };

function milliseconds(text: string): number {
  const match = /^([\d.]+)([a-z]+)$/.exec(text);
  return Number(match?.[1]) * (UNIT_MS[match?.[2] ?? ""] ?? Number.NaN);
}
