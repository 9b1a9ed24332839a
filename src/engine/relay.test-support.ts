/** A socket in front of the engine's, for tests of what happens when the engine is away. */
import { randomBytes } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";

const socketPath = "/var/run/docker.sock";

/** Its connections can be cut: the engine restarts, as seen by us. */
export class Relay {
  readonly path = `/tmp/slipway-${randomBytes(16).toString("hex")}.sock`;
  readonly #connections = new Set<Socket>();
  readonly #server = createServer((client) => {
    const upstream = connect(socketPath);
    for (const socket of [client, upstream]) {
      this.#connections.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#connections.delete(socket));
    }
    client.pipe(upstream).pipe(client);
  });

  static async start(): Promise<Relay> {
    const relay = new Relay();
    await new Promise<void>((resolve) => relay.#server.listen(relay.path, resolve));
    return relay;
  }

  cut(): void {
    for (const socket of this.#connections) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
