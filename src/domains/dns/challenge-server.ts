/**
 * The challenge zone on real sockets: UDP and TCP on one port. What is said is decided by `challenge-answer.ts`; here
 * strangers are kept from costing much: messages are small, connections are few and short.
 */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, isIPv6, type Server, type Socket } from "node:net";
import type { ChallengeZone } from "../../ports/challenge-zone.ts";
import { answerMessage, type Transport, type ZoneContent } from "./challenge-answer.ts";
import { type DnsAddress, errorCode, toDnsListenError } from "./dns-listen-error.ts";

export interface ChallengeServerOptions extends DnsAddress {
  /** The zone, for instance `acme.apps.example.com`. */
  readonly zone: string;
  /** What goes wrong while it runs: one sentence. */
  readonly onProblem: (problem: string) => void;
}

/** A question with a name of 255 bytes and some options; whoever sends more wants something else. */
const MESSAGE_MAX_BYTES = 1232;
const LENGTH_BYTES = 2;
const CONNECTIONS_MAX = 64;
const CONNECTION_LIFE_MS = 10_000;
const CONNECTION_IDLE_MS = 3_000;
const MESSAGES_PER_CONNECTION = 32;
/** One `<character-string>` of a TXT record. */
const TEXT_MAX_BYTES = 255;
const PORT_ATTEMPTS = 10;

export class ChallengeServer implements ChallengeZone {
  readonly #options: ChallengeServerOptions;
  readonly #texts = new Map<string, readonly string[]>();
  readonly #zone: string;
  /** Grows with each change; begins above what was said before a restart. */
  #serial = Math.floor(Date.now() / 1000);
  #sockets: Sockets | null = null;

  constructor(options: ChallengeServerOptions) {
    this.#options = options;
    this.#zone = canonical(options.zone);
  }

  nameOf(label: string): string {
    return label === "" ? this.#zone : `${canonical(label)}.${this.#zone}`;
  }

  put(label: string, text: string): void {
    if (Buffer.byteLength(text) > TEXT_MAX_BYTES)
      throw new RangeError(`a text is longer than ${TEXT_MAX_BYTES} bytes`);
    const key = canonical(label);
    const present = this.#texts.get(key) ?? [];
    if (present.includes(text)) return;
    this.#texts.set(key, [...present, text]);
    this.#serial++;
  }

  remove(label: string, text: string): void {
    const key = canonical(label);
    const present = this.#texts.get(key) ?? [];
    const left = present.filter((one) => one !== text);
    if (left.length === present.length) return;
    if (left.length === 0) this.#texts.delete(key);
    else this.#texts.set(key, left);
    this.#serial++;
  }

  /** Listens until the signal is aborted, then all is closed. Throws DnsListenError. Resolves to the port. */
  async start(signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const sockets = await this.#listen();
    this.#sockets = sockets;
    if (signal.aborted) this.stop();
    else signal.addEventListener("abort", () => this.stop(), { once: true });
    return sockets.port;
  }

  stop(): void {
    const sockets = this.#sockets;
    this.#sockets = null;
    if (sockets === null) return;
    sockets.udp.close();
    sockets.tcp.close();
    for (const connection of sockets.connections) connection.destroy();
  }

  async #listen(): Promise<Sockets> {
    const { host, port } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#bind(host === "*" ? "::" : host, port);
      } catch (error) {
        if (host === "*" && errorCode(error) === "EAFNOSUPPORT") return this.#bindOrTell("0.0.0.0");
        // A free port for TCP may be taken for UDP.
        const isBadLuck = port === 0 && errorCode(error) === "EADDRINUSE" && attempt < PORT_ATTEMPTS;
        if (!isBadLuck) throw toDnsListenError(error, this.#options);
      }
    }
  }

  async #bindOrTell(address: string): Promise<Sockets> {
    try {
      return await this.#bind(address, this.#options.port);
    } catch (error) {
      throw toDnsListenError(error, this.#options);
    }
  }

  async #bind(address: string, wantedPort: number): Promise<Sockets> {
    const connections = new Set<Socket>();
    const tcp = createServer((connection) => {
      connections.add(connection);
      connection.once("close", () => connections.delete(connection));
      serveConnection(connection, (message) => this.#answer(message, "tcp"));
    });
    tcp.maxConnections = CONNECTIONS_MAX;
    const port = await listenTcp(tcp, address, wantedPort);
    const udp = createSocket(isIPv6(address) ? "udp6" : "udp4");
    try {
      await bindUdp(udp, address, port);
    } catch (error) {
      tcp.close();
      udp.close();
      throw error;
    }
    udp.on("message", (message, { port: senderPort, address: sender }) => {
      const reply = message.length > MESSAGE_MAX_BYTES ? null : this.#answer(message, "udp");
      // Whom it cannot be sent to asks again, or never was there.
      if (reply !== null && senderPort !== 0) udp.send(reply, senderPort, sender, () => undefined);
    });
    const { onProblem } = this.#options;
    udp.on("error", (error) => onProblem(`The UDP socket of the challenge zone failed: ${error.message}`));
    tcp.on("error", (error) => onProblem(`The TCP socket of the challenge zone failed: ${error.message}`));
    return { udp, tcp, connections, port };
  }

  #answer(message: Buffer, transport: Transport): Buffer | null {
    try {
      return answerMessage(this.#content(), message, transport);
    } catch (error) {
      // Unreachable as far as random messages can tell; a stranger must not end the process if it is not.
      this.#options.onProblem(`The challenge zone could not answer a message: ${(error as Error).message}`);
      return null;
    }
  }

  #content(): ZoneContent {
    const zone = this.#zone;
    return { zone, nameServer: nameServerOf(zone), serial: this.#serial >>> 0, texts: this.#texts };
  }
}

/**
 * Beside the zone, not in it: so the parent zone holds its address as an ordinary record, without glue.
 * The delegation of `acme.apps.example.com` names `ns-acme.apps.example.com`.
 */
export function nameServerOf(zone: string): string {
  return `ns-${zone}`;
}

interface Sockets {
  readonly udp: UdpSocket;
  readonly tcp: Server;
  readonly connections: ReadonlySet<Socket>;
  readonly port: number;
}

async function listenTcp(server: Server, host: string, port: number): Promise<number> {
  server.listen({ host, port });
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

async function bindUdp(socket: UdpSocket, address: string, port: number): Promise<void> {
  socket.bind({ address, port, exclusive: true });
  await once(socket, "listening");
}

/** Messages with their length before them (RFC 1035, 4.2.2), one after the other. */
function serveConnection(connection: Socket, answer: (message: Buffer) => Buffer | null): void {
  let waiting = Buffer.alloc(0);
  let count = 0;
  const life = setTimeout(() => connection.destroy(), CONNECTION_LIFE_MS);
  connection.setTimeout(CONNECTION_IDLE_MS, () => connection.destroy());
  connection.once("close", () => clearTimeout(life));
  connection.on("error", () => connection.destroy());
  connection.on("data", (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (let message = take(); message !== null; message = take()) {
      const reply = ++count > MESSAGES_PER_CONNECTION ? null : answer(message);
      if (reply === null) connection.destroy();
      else connection.write(withLength(reply));
    }
  });
  const take = (): Buffer | null => {
    if (connection.destroyed || waiting.length < LENGTH_BYTES) return null;
    const end = LENGTH_BYTES + waiting.readUInt16BE(0);
    if (end > LENGTH_BYTES + MESSAGE_MAX_BYTES) connection.destroy();
    if (connection.destroyed || waiting.length < end) return null;
    const message = waiting.subarray(LENGTH_BYTES, end);
    waiting = waiting.subarray(end);
    return message;
  };
}

function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
