/** Caddy with the same certificates from files; it manages none itself. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import { startBackground } from "../support/background.ts";
import type { Cleanup } from "../support/cleanup.ts";
import { stopwatch } from "../support/stopwatch.ts";
import { type Contender, HOST, type Setting } from "./contender.ts";

export async function startCaddy(setting: Setting, cleanup: Cleanup): Promise<Contender> {
  const { directory } = setting;
  const port = await freePort();
  const file = join(directory, "caddy.json");
  writeFileSync(file, JSON.stringify(configuration(port, setting)));
  const env = { HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
  const elapsedMs = stopwatch();
  const command = ["caddy", "run", "--config", file];
  const pid = await startBackground(command, { listensOn: { port }, env }, cleanup);
  return { name: "caddy", port, processes: [pid], startMs: elapsedMs() };
}

function configuration(port: number, { origin, credentials }: Setting): unknown {
  const files = credentials.map(({ chainPath, keyPath }) => ({ certificate: chainPath, key: keyPath }));
  const proxy = { handler: "reverse_proxy", upstreams: [{ dial: `127.0.0.1:${origin.port}` }] };
  const server = {
    listen: [`127.0.0.1:${port}`],
    automatic_https: { disable: true },
    tls_connection_policies: [{}],
    routes: [{ match: [{ host: [HOST] }], handle: [proxy] }],
  };
  return {
    admin: { disabled: true },
    logging: { logs: { default: { level: "ERROR" } } },
    apps: { tls: { certificates: { load_files: files } }, http: { servers: { web: server } } },
  };
}
