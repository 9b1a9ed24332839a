/** Why the API cannot listen where it should, and what to do about it. */

export class ListenError extends Error {
  override readonly name = "ListenError";
}

interface Address {
  readonly host: string;
  readonly port: number;
}

const remedies: Readonly<Record<string, (address: Address) => string>> = {
  EADDRINUSE: ({ host, port }) =>
    `The API cannot listen on ${host} port ${port}: another program listens there. Find it with "ss -ltnp 'sport = :${port}'" and stop it, or set SLIPWAY_API_PORT to another port.`,
  EACCES: ({ host, port }) =>
    `The API may not listen on ${host} port ${port}: ports below 1024 need a privilege. Set SLIPWAY_API_PORT to a higher port.`,
  EADDRNOTAVAIL: ({ host }) =>
    `The API cannot listen on ${host}: this machine does not have that address. Set SLIPWAY_API_HOST to 127.0.0.1 or to an address of this machine.`,
};

/** What is not about listening stays as it is. */
export function toListenError(cause: unknown, address: Address): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const message = remedies[code]?.(address);
  return message === undefined ? cause : new ListenError(message, { cause });
}
