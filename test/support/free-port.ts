/**
 * Ports for what a test starts. Below those that the system gives to clients: else a connection of anybody may have the port
 * before it is listened on, or while who listens there is restarted. Files that run at the same time get others, also while
 * nobody listens on them: before a start, and while a control plane is killed.
 */
import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

const FIRST = 20_000;
/** Linux gives clients those from here on (net.ipv4.ip_local_port_range). */
const END = 32_768;
const MAX_TRIES = 50;

/** Until this process ends: names of the abstract namespace go with who listens on them, however that one dies. */
const claims: Server[] = [];

/** A port of loopback that was free a moment ago, and that nobody else is given while this process lives. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const port = randomInt(FIRST, END);
    if (await claim(port)) return port;
  }
  throw new Error(`of ${MAX_TRIES} ports none is free`);
}

async function claim(port: number): Promise<boolean> {
  const held = await listen(`\0slipway-test-port-${port}`);
  if (held === null) return false;
  claims.push(held.unref());
  // On all addresses: some listen on more than loopback.
  const probe = await listen(port);
  if (probe === null) return false;
  await new Promise((resolve) => probe.close(resolve));
  return true;
}

/** Null: somebody does already. */
function listen(where: number | string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(where, () => resolve(server));
  });
}
