/** Why the challenge zone cannot listen where it should, and what to do about it. */

export class DnsListenError extends Error {
  override readonly name = "DnsListenError";
}

export interface DnsAddress {
  /** An IP address, or `*` for all. */
  readonly host: string;
  readonly port: number;
}

const remedies: Readonly<Record<string, (address: DnsAddress) => string>> = {
  EADDRINUSE: ({ host, port }) =>
    `The challenge zone cannot listen on ${host} port ${port}: another program listens there ("ss -lnp 'sport = :${port}'" tells which). ` +
    "systemd-resolved keeps 127.0.0.53 and libvirt its bridges: set SLIPWAY_DNS_HOST to the address at which others reach this machine, " +
    "or set SLIPWAY_DNS_PORT to another port and forward port 53 to it, UDP and TCP.",
  EACCES: ({ host, port }) =>
    `The challenge zone may not listen on ${host} port ${port}: ports below 1024 need a privilege. ` +
    "Give it (AmbientCapabilities=CAP_NET_BIND_SERVICE in systemd's unit), or set SLIPWAY_DNS_PORT to a higher port and forward port 53 to it, UDP and TCP.",
  EADDRNOTAVAIL: ({ host }) =>
    `The challenge zone cannot listen on ${host}: this machine does not have that address. Set SLIPWAY_DNS_HOST to one that it has, or to *.`,
};

/** What is not about listening stays as it is. */
export function toDnsListenError(cause: unknown, address: DnsAddress): unknown {
  const message = remedies[errorCode(cause)]?.(address);
  return message === undefined ? cause : new DnsListenError(message, { cause });
}

/** As the system calls it; empty when it is no error of the system. */
export function errorCode(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}
