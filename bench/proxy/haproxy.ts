/**
 * HAProxy with nothing but a route: what the edge is measured against. Its access log takes the same way as the edge's
 * (a ring, the runtime socket, a reader process), copied from the edge's own configuration so that the two cannot diverge.
 *
 * - `haproxy`: the edge's log line, host name and request id included.
 * - `haproxy-httplog`: HAProxy's own `option httplog` instead; host name and request id are not made.
 * - `haproxy-nolog`: no log at all.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import { startBackground } from "../support/background.ts";
import type { Cleanup } from "../support/cleanup.ts";
import type { Contender, Surroundings } from "./contender.ts";
import { startLogReader } from "./log-readers.ts";

export type PlainHaproxy = "haproxy" | "haproxy-httplog" | "haproxy-nolog";

export async function startHaproxy(
  name: PlainHaproxy,
  surroundings: Surroundings & { readonly edgeConfig: string },
  cleanup: Cleanup,
): Promise<Contender> {
  const port = await freePort();
  const directory = join(surroundings.directory, name);
  mkdirSync(directory);
  const socket = join(directory, "haproxy.sock");
  const file = join(directory, "haproxy.cfg");
  writeFileSync(file, render(surroundings, port, logOf(name, surroundings.edgeConfig), socket));
  const pid = await startBackground(["haproxy", "-W", "-f", file], { listensOn: { port } }, cleanup);
  const reader = name === "haproxy-nolog" ? null : await startLogReader(socket, cleanup);
  return {
    name,
    port,
    processes: reader === null ? [pid] : [pid, reader.pid],
    logLines: reader === null ? null : () => reader.lines(),
  };
}

interface Log {
  readonly ring: string;
  readonly target: string;
  readonly format: string;
}

const NO_LOG: Log = { ring: "", target: "", format: "" };

function logOf(name: PlainHaproxy, edgeConfig: string): Log {
  if (name === "haproxy-nolog") return NO_LOG;
  const ring = find(edgeConfig, /^ring .*\n(?: .*\n)+/m);
  const target = find(edgeConfig, /^ {2}log ring@.*\n/m);
  if (name === "haproxy-httplog") return { ring, target, format: "  option httplog\n" };
  const line = find(edgeConfig, /^ {2}log-format .*\n/m)
    .replace("%[var(sess.client)]", "%ci")
    .replace("%ID", "%pid-%Ts-%rt");
  return { ring, target, format: `  capture request header Host len 255\n${line}` };
}

function find(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[0];
  if (found === undefined) throw new Error(`the edge's configuration has nothing like ${pattern.source}`);
  return found;
}

function render({ origin, host }: Surroundings, port: number, log: Log, socket: string): string {
  return `global
  maxconn 4000
  stats socket unix@${socket} mode 600 level admin
  stats timeout 1h
${log.target}${log.ring}
defaults
  mode http
  ${log.target === "" ? "no log" : "log global"}
  timeout client 60s
  timeout server 120s
  timeout connect 2s
frontend web
  bind 127.0.0.1:${port}
${log.format}  acl is_service req.hdr(host) -i ${host}
  use_backend service if is_service
backend service
  server origin 127.0.0.1:${origin.port}
`;
}
