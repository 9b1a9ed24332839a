/** HAProxy with nothing but certificates and a route, and its defaults: what the edge is measured against. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import { startBackground } from "../support/background.ts";
import type { Cleanup } from "../support/cleanup.ts";
import { stopwatch } from "../support/stopwatch.ts";
import { type Contender, HOST, type Setting } from "./contender.ts";

export async function startHaproxy(setting: Setting, cleanup: Cleanup): Promise<Contender> {
  const port = await freePort();
  const list = join(setting.directory, "list");
  writeFileSync(list, setting.credentials.map(({ pemPath }) => `${pemPath}\n`).join(""));
  const file = join(setting.directory, "haproxy.cfg");
  writeFileSync(file, render(port, list, setting));
  const elapsedMs = stopwatch();
  const pid = await startBackground(["haproxy", "-W", "-f", file], { listensOn: { port } }, cleanup);
  return { name: "haproxy", port, processes: [pid], startMs: elapsedMs() };
}

function render(port: number, list: string, { origin }: Setting): string {
  return `global
  maxconn 4000
defaults
  mode http
  timeout client 60s
  timeout server 120s
  timeout connect 2s
frontend web
  bind 127.0.0.1:${port} ssl crt-list ${list} alpn h2,http/1.1
  acl is_service req.hdr(host),host_only -i ${HOST}
  use_backend service if is_service
backend service
  server origin 127.0.0.1:${origin.port}
`;
}
