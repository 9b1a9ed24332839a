/** The addresses to listen on: `*` is IPv4 and IPv6, each with a socket of its own so that clients' addresses stay plain. */
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { unavailable } from "./runtime-socket.ts";

export async function listenAddresses(bindAddress: string): Promise<readonly string[]> {
  if (bindAddress === "*") return (await hasIpv6()) ? ["0.0.0.0", "::"] : ["0.0.0.0"];
  if (isIP(bindAddress) !== 0) return [bindAddress];
  throw unavailable(`"${bindAddress}" is not an IP address; use one of this machine or *`);
}

async function hasIpv6(): Promise<boolean> {
  return (await readFile("/proc/net/if_inet6", "utf8").catch(() => "")) !== "";
}
