/** Reads the access log for tests. */
import { once } from "node:events";
import { chmod, mkdir } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";

export interface AccessLogLine {
  readonly client: string;
  readonly scheme: string;
  readonly backend: string;
  readonly server: string;
  readonly status: string;
  readonly requestId: string;
}

export class AccessLog {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #text = "";

  static async open(path: string): Promise<AccessLog> {
    await mkdir(dirname(path), { recursive: true });
    const log = new AccessLog();
    log.#server.listen(path);
    await once(log.#server, "listening");
    await chmod(path, 0o666);
    return log;
  }

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("data", (chunk: Buffer) => (this.#text += chunk.toString()));
      socket.on("error", () => socket.destroy());
    });
  }

  linesOf(host: string): readonly AccessLogLine[] {
    return framesOf(this.#text)
      .map((row) => row.split("\t"))
      .filter((row) => row[3] === host)
      .map(([, client = "", scheme = "", , backend = "", server = "", , , status = "", ...rest]) => ({
        client,
        scheme,
        backend,
        server,
        status,
        requestId: rest.at(-1) ?? "",
      }));
  }

  clear(): void {
    this.#text = "";
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Each line comes as `<length> <line>`. */
function framesOf(text: string): readonly string[] {
  const frames: string[] = [];
  for (let rest = text; rest !== "";) {
    const from = rest.indexOf(" ") + 1;
    const to = from + Number(rest.slice(0, from));
    frames.push(rest.slice(from, to).trimEnd());
    rest = rest.slice(to);
  }
  return frames;
}
