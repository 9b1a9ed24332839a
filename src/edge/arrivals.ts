/**
 * Hears from HAProxy's gate which hosts are asked for: a unix socket in the run directory, one line `host held` for each.
 * Whoever can connect can wake a known service and nothing else: lines that are not exactly that are dropped.
 */
import { once } from "node:events";
import { chown, mkdir, readFile, stat } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { GateArrival } from "../ports/edge-traffic.ts";
import type { EdgeLog } from "./desired-state.ts";
import { removeIfExists } from "./durable-file.ts";
import { workerUser } from "./haproxy-process.ts";
import type { EdgeLayout } from "./layout.ts";

/** A host of 253 characters, a space, a number; more without a line end is nobody we know. */
const LINE_MAX_BYTES = 300;
const LINE = /^([a-z0-9_.-]{1,253}) (\d{1,7})$/;
/** A connection brings a few lines and closes. */
const CONNECTION_MAX_MS = 10_000;

export interface ArrivalListenerOptions {
  readonly layout: EdgeLayout;
  readonly isKnown: (host: string) => boolean;
  readonly log: EdgeLog;
}

/** For one reader at a time. */
export class ArrivalListener {
  readonly #options: ArrivalListenerOptions;
  readonly #connections = new Set<Socket>();
  /** What the reader has not taken yet: the last word on each host. */
  readonly #untold = new Map<string, number>();
  #server: Server | null = null;
  #inode = 0;
  #hasReader = false;
  #wakeReader = (): void => undefined;
  #attempt: Promise<void> = Promise.resolve();

  constructor(options: ArrivalListenerOptions) {
    this.#options = options;
  }

  async *read(signal: AbortSignal): AsyncGenerator<GateArrival, void> {
    const wake = (): void => this.#wakeReader();
    signal.addEventListener("abort", wake);
    this.#hasReader = true;
    try {
      await this.ensureListening();
      while (!signal.aborted) {
        if (this.#untold.size === 0) await new Promise<void>((resolve) => (this.#wakeReader = resolve));
        for (const [host, heldCount] of this.#untold) {
          this.#untold.delete(host);
          if (!signal.aborted) yield { host, heldCount };
        }
      }
    } finally {
      signal.removeEventListener("abort", wake);
      this.#hasReader = false;
      this.#untold.clear();
      await this.#attempt;
      await this.#close();
    }
  }

  /** Listens while there is a reader, also when somebody took the socket's file away or put another in its place. */
  async ensureListening(): Promise<void> {
    this.#attempt = this.#attempt
      .then(() => this.#listen())
      .catch((error: unknown) =>
        this.#options.log("warn", `requests at gates are not heard of: ${String(error)}`),
      );
    await this.#attempt;
  }

  async #listen(): Promise<void> {
    const { arrivalSocket, runDirectory } = this.#options.layout;
    if (!this.#hasReader) return;
    if (this.#server !== null && (await inodeOf(arrivalSocket)) === this.#inode) return;
    await this.#close();
    await mkdir(runDirectory, { recursive: true, mode: 0o711 });
    await removeIfExists(arrivalSocket);
    const server = createServer((socket) => this.#take(socket));
    server.listen(arrivalSocket);
    await once(server, "listening");
    this.#server = server;
    this.#inode = await inodeOf(arrivalSocket);
    const owner = await workerOwner();
    if (owner !== null) await chown(arrivalSocket, owner.uid, owner.gid);
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    for (const socket of this.#connections) socket.destroy();
    server.close();
    await once(server, "close");
  }

  #take(socket: Socket): void {
    this.#connections.add(socket);
    let rest = "";
    socket.setEncoding("latin1");
    socket.setTimeout(CONNECTION_MAX_MS, () => socket.destroy());
    socket.on("close", () => this.#connections.delete(socket));
    // Told again soon, whatever went wrong.
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#hear(line);
      if (rest.length > LINE_MAX_BYTES) socket.destroy();
    });
  }

  #hear(line: string): void {
    const [, host = "", heldCount] = LINE.exec(line) ?? [];
    if (host === "" || !this.#options.isKnown(host)) return;
    this.#untold.set(host, Number(heldCount));
    this.#wakeReader();
  }
}

async function inodeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ ino }) => ino,
    () => 0,
  );
}

/** Workers of a HAProxy that root started need to own the socket to connect to it. */
async function workerOwner(): Promise<{ readonly uid: number; readonly gid: number } | null> {
  const worker = await workerUser();
  if (worker === null) return null;
  const line = (await readFile("/etc/passwd", "utf8"))
    .split("\n")
    .find((entry) => entry.startsWith(`${worker.user}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}
