/**
 * Ports for what a test starts. Below those that the system gives to clients: else a connection of anybody may have the port
 * before it is listened on, or while who listens there is restarted. By chance, as other files ask at the same time.
 */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

const FIRST = 20_000;
/** Linux gives clients those from here on (net.ipv4.ip_local_port_range). */
const END = 32_768;
const MAX_TRIES = 50;

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
  throw new Error(`of ${MAX_TRIES} ports none is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    // On all addresses: some listen on more than loopback.
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
