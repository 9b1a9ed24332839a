/** One question to one server: UDP, asked twice, and TCP for what UDP cut short. */
import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import {
  decodeReply,
  encodeQuestion,
  REPLY_MAX_BYTES,
  type DnsQuestion,
  type DnsReply,
} from "./dns-message.ts";
import { errorCode } from "./dns-listen-error.ts";

export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

/** The server did not answer; `message` says how in a few words. */
export class DnsSilence extends Error {
  override readonly name = "DnsSilence";
}

const UDP_ATTEMPTS = 2;
const UDP_TIMEOUT_MS = 2_000;
const TCP_TIMEOUT_MS = 3_000;
const LENGTH_BYTES = 2;

/** Throws DnsSilence, or the signal's reason. */
export async function ask(server: DnsServer, question: DnsQuestion, signal: AbortSignal): Promise<DnsReply> {
  const message = encodeQuestion(question);
  for (let attempt = 1; ; attempt++) {
    try {
      const reply = await overUdp(server, message, signal);
      return reply.isTruncated ? await overTcp(server, message, signal) : reply;
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === UDP_ATTEMPTS || !(error instanceof DnsSilence) || error.message !== TIMED_OUT)
        throw error;
    }
  }
}

const TIMED_OUT = "timeout";

/** Why an exchange ended without a reply, from the system's error. */
function silence(error: unknown): DnsSilence {
  const code = errorCode(error);
  if (code === "ECONNREFUSED") return new DnsSilence("connection refused", { cause: error });
  if (/^E(?:NET|HOST)UNREACH|EADDRNOTAVAIL/.test(code))
    return new DnsSilence("no way to it", { cause: error });
  return new DnsSilence(code === "" ? "connection ended" : code, { cause: error });
}

/** What an attempt is given: once either was called, nothing more is listened to. */
interface Attempt {
  readonly reply: (reply: DnsReply) => void;
  readonly fail: (error: Error) => void;
}

/** Settles once, at the latest after the time or with the signal; what `begin` returns is called at the end. */
function exchange(
  timeoutMs: number,
  signal: AbortSignal,
  begin: (attempt: Attempt) => () => void,
): Promise<DnsReply> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<DnsReply>();
  const timer = setTimeout(() => reject(new DnsSilence(TIMED_OUT)), timeoutMs);
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  const release = begin({ reply: resolve, fail: reject });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    release();
  });
}

/** Connected, so that only that server is heard, and a port that is closed is known at once. */
async function overUdp(
  { address, port }: DnsServer,
  message: Buffer,
  signal: AbortSignal,
): Promise<DnsReply> {
  return exchange(UDP_TIMEOUT_MS, signal, ({ reply, fail }) => {
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    socket.on("error", (error) => fail(silence(error)));
    socket.on("message", (received) => {
      const decoded = decodeReply(received, message);
      if (decoded !== null) reply(decoded);
    });
    // A failure to connect arrives as an error of the socket, too.
    socket.connect(port, address);
    socket.once("connect", () => socket.send(message));
    return () => void socket.close();
  });
}

async function overTcp(
  { address, port }: DnsServer,
  message: Buffer,
  signal: AbortSignal,
): Promise<DnsReply> {
  return exchange(TCP_TIMEOUT_MS, signal, ({ reply, fail }) => {
    const socket = connect({ host: address, port });
    let received = Buffer.alloc(0);
    socket.on("error", (error) => fail(silence(error)));
    socket.on("end", () => fail(silence(null)));
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < LENGTH_BYTES) return;
      const end = LENGTH_BYTES + received.readUInt16BE(0);
      if (end > LENGTH_BYTES + REPLY_MAX_BYTES) fail(new DnsSilence("a reply that is too long"));
      if (received.length < end) return;
      const decoded = decodeReply(received.subarray(LENGTH_BYTES, end), message);
      if (decoded === null) fail(new DnsSilence("a malformed reply"));
      else reply(decoded);
    });
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt16BE(message.length);
    socket.write(Buffer.concat([length, message]));
    return () => void socket.destroy();
  });
}
