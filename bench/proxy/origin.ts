/** The instance behind all contenders: HAProxy on one thread, which answers twelve bytes and costs next to nothing. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import { startBackground } from "../support/background.ts";
import type { Cleanup } from "../support/cleanup.ts";

export const ORIGIN_BODY = "Hello world\n";

export async function startOrigin(directory: string, cleanup: Cleanup): Promise<{ readonly port: number }> {
  const port = await freePort();
  const file = join(directory, "origin.cfg");
  writeFileSync(file, render(port));
  await startBackground(["haproxy", "-db", "-f", file], { listensOn: { port } }, cleanup);
  return { port };
}

function render(port: number): string {
  return `global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout client 300s
  timeout server 300s
  timeout connect 2s
frontend origin
  bind 127.0.0.1:${port}
  http-request return status 200 content-type text/plain string "${ORIGIN_BODY.replace("\n", "\\n")}"
`;
}
