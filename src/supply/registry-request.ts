/** One GET to addresses that were checked: the name is not resolved again, and redirects are not followed. */
import { request as requestPlain, type IncomingMessage } from "node:http";
import { request as requestTls } from "node:https";
import { isIP } from "node:net";
import { orAborted } from "../domain/or-aborted.ts";

export interface RegistryRequest {
  readonly url: URL;
  readonly addresses: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer's head; its body is the caller's to read or to destroy. */
export async function askRegistry(
  { url, addresses, headers }: RegistryRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = url.protocol === "https:" ? requestTls : requestPlain;
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const call = request(
    url,
    {
      headers,
      agent: false,
      signal,
      lookup: (_name, { all }, callback) => {
        if (all === true) callback(null, found);
        else callback(null, found[0]?.address ?? "", found[0]?.family);
      },
    },
    resolve,
  );
  call.on("error", reject);
  // Node never settles a call that is answered with another protocol (101).
  call.on("upgrade", (_answer, socket) => {
    socket.destroy();
    reject(new Error("it answered in another protocol"));
  });
  call.end();
  return await orAborted(promise, signal);
}
