/** A reverse proxy as people put before Slipway: it serves a path of its own and takes it away, and passes Host on unchanged. */
import { createServer, request, type Server } from "node:http";

export class StrippingProxy {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `path`: without a slash at its end. What is not below it is not found. */
  static async start(port: number, path: string, targetPort: () => number): Promise<StrippingProxy> {
    const server = createServer((incoming, answer) => {
      if (incoming.url?.startsWith(`${path}/`) !== true) {
        answer.writeHead(404).end();
        return;
      }
      const onward = request(
        {
          host: "127.0.0.1",
          port: targetPort(),
          method: incoming.method,
          path: incoming.url.slice(path.length),
          headers: incoming.headers,
          setHost: false,
        },
        (reply) => {
          answer.writeHead(reply.statusCode ?? 502, reply.headers);
          reply.pipe(answer);
        },
      );
      onward.on("error", () => answer.destroy());
      answer.on("close", () => onward.destroy());
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => {
      server.listen(port, "127.0.0.1", resolve);
    });
    return new StrippingProxy(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}
