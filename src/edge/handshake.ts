/** A look at what a client gets: a full TLS handshake with our own listener. Nothing is verified but that it happens. */
import { once } from "node:events";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { HandshakeResult } from "../ports/edge-tls.ts";
import { errorCode } from "./durable-file.ts";

const DEADLINE_MS = 3_000;
/** Stands for a wildcard's `*`, which no client sends. */
const ANY_LABEL = "slipway-handshake";

export interface HandshakeTarget {
  /** Address of this machine, or `*`. */
  readonly bindAddress: string;
  readonly port: number;
  readonly name: string;
}

/** Rejects with the signal's reason when it is aborted, and for nothing else. */
export async function handshake(target: HandshakeTarget, signal: AbortSignal): Promise<HandshakeResult> {
  signal.throwIfAborted();
  const { port, name } = target;
  const host = reachable(target.bindAddress);
  const within = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const servername = name.replace(/^\*(?=\.)/, ANY_LABEL);
  // An address is no name to TLS; Node would throw.
  const sni = isIP(servername) === 0 ? { servername } : {};
  const socket = connect({ host, port, ...sni, ALPNProtocols: ["http/1.1"], rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect", { signal: within });
    const result = resultOf(socket);
    // Ended in order, or the listener would take it for a handshake that failed.
    socket.on("error", () => undefined).destroySoon();
    return result;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    const where = `${host} port ${port}`;
    if (within.aborted)
      return failure(`No TLS handshake with ${where} for ${name} within ${DEADLINE_MS / 1_000} s.`);
    return failure(`The TLS handshake with ${where} for ${name} failed (${reasonOf(error)}).`);
  }
}

function reachable(bindAddress: string): string {
  if (bindAddress === "*" || bindAddress === "0.0.0.0") return "127.0.0.1";
  return bindAddress === "::" ? "::1" : bindAddress;
}

function resultOf(socket: TLSSocket): HandshakeResult {
  const fingerprint = socket.getPeerX509Certificate()?.fingerprint256;
  const protocol = socket.getProtocol();
  if (fingerprint === undefined || protocol === null)
    return failure("The TLS handshake showed no certificate.");
  return { isDone: true, fingerprint: fingerprint.replaceAll(":", "").toLowerCase(), protocol };
}

function reasonOf(error: unknown): string {
  return errorCode(error) || (error instanceof Error ? error.message : String(error));
}

function failure(problem: string): HandshakeResult {
  return { isDone: false, problem };
}
