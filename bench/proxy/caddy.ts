/** Caddy as a reverse proxy with its access log in a file. It sets the forwarded headers unasked. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import { startBackground } from "../support/background.ts";
import type { Cleanup } from "../support/cleanup.ts";
import type { Contender, Surroundings } from "./contender.ts";

export async function startCaddy(surroundings: Surroundings, cleanup: Cleanup): Promise<Contender> {
  const port = await freePort();
  const home = join(surroundings.directory, "caddy");
  mkdirSync(home);
  const file = join(home, "Caddyfile");
  writeFileSync(file, render(port, home, surroundings));
  const command = ["caddy", "run", "--adapter", "caddyfile", "--config", file];
  const env = { HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home };
  const pid = await startBackground(command, { listensOn: { port }, env }, cleanup);
  return { name: "caddy", port, processes: [pid], logLines: null };
}

/** Without rolling, which would compress old files beside the measurement; without what it says about itself. */
function render(port: number, home: string, { origin, host }: Surroundings): string {
  return `{
  admin off
  auto_https off
  log default {
    output stderr
    level ERROR
  }
}
http://${host}:${port} {
  bind 127.0.0.1
  log {
    output file ${home}/access.log {
      roll_disabled
    }
    level INFO
  }
  reverse_proxy 127.0.0.1:${origin.port}
}
`;
}
