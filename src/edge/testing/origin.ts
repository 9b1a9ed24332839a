/** A small application to stand behind the edge in tests. It says who it is, and does what the path asks for. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

export interface Origin {
  readonly name: string;
  readonly port: number;
  /** Highest number of requests it had at the same time. */
  readonly peak: () => number;
  /** Requests that arrived, without health checks. */
  readonly seen: () => number;
  /** Connections these requests came on. */
  readonly connections: () => number;
  /** Paths and host headers of the health checks that arrived. */
  readonly checks: readonly string[];
  /** Answers health checks with this status from now on. */
  setCheckStatus(status: number): void;
  /** Lets all requests waiting at `/hold` go on. */
  release(): void;
  close(): Promise<void>;
}

/**
 * Paths: `/headers` echoes the request, `/length` counts the bytes of its body, `/hold` waits for `release`, `/status/503` answers so, `/events` sends an event
 * each time `release` is called, `/socket` echoes WebSocket messages, anything else answers the name.
 */
export async function startOrigin(name: string, options: { readonly port?: number } = {}): Promise<Origin> {
  const held = new Set<() => void>();
  const checks: string[] = [];
  const connections = new Set<Socket>();
  let [current, peak, seen, checkStatus] = [0, 0, 0, 200];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url ?? "/";
    if (request.headers["user-agent"] === "Slipway-Health-Check") {
      checks.push(`${path} ${request.headers.host}`);
      response.writeHead(checkStatus).end();
      return;
    }
    seen += 1;
    connections.add(request.socket);
    current += 1;
    peak = Math.max(peak, current);
    response.once("close", () => (current -= 1));
    if (path.startsWith("/hold")) held.add(() => response.end(name));
    else if (path.startsWith("/events")) streamEvents(response, held);
    else if (path.startsWith("/status/")) response.writeHead(Number(path.slice(8))).end(name);
    else if (path.startsWith("/length")) answerLength(request, response).catch(() => response.destroy());
    else if (path.startsWith("/headers")) response.end(JSON.stringify(request.headers));
    else response.end(name);
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, answer);
  new WebSocketServer({ server, path: "/socket" }).on("connection", echo);
  await listen(server, options.port ?? 0);
  return {
    name,
    port: (server.address() as AddressInfo).port,
    peak: () => peak,
    seen: () => seen,
    connections: () => connections.size,
    checks,
    setCheckStatus: (status) => (checkStatus = status),
    release: () => {
      for (const go of held) go();
      held.clear();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answerLength(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let length = 0;
  for await (const chunk of request) length += (chunk as Buffer).length;
  response.end(String(length));
}

function streamEvents(response: ServerResponse, held: Set<() => void>): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  let count = 0;
  const send = (): void => {
    count += 1;
    response.write(`data: ${count}\n\n`);
    // `release` empties the set after calling everything in it.
    setImmediate(() => held.add(send));
  };
  send();
}

function echo(socket: WebSocket): void {
  socket.on("message", (data: Buffer) => socket.send(data.toString()));
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}
