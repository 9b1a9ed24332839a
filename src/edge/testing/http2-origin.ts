/**
 * An application that speaks HTTP/2 without TLS and answers as gRPC does: messages in the body, the outcome in trailers.
 * `/headers` tells those that start with `x-`, `/unary` answers once the request's body has ended, `/stream` each piece as it comes, `/refuse` with trailers alone;
 * health checks get the status that was set.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { Origin } from "./origin.ts";

export interface Http2Origin extends Pick<Origin, "name" | "port" | "close" | "setCheckStatus"> {
  readonly checks: () => number;
}

export async function startHttp2Origin(name: string): Promise<Http2Origin> {
  let [checkStatus, checks] = [200, 0];
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    if (headers["user-agent"] === "Slipway-Health-Check") {
      checks += 1;
      stream.respond({ ":status": checkStatus }, { endStream: true });
    } else answer(stream, headers);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    name,
    port: (server.address() as AddressInfo).port,
    checks: () => checks,
    setCheckStatus: (status) => (checkStatus = status),
    close: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const outcome = { "grpc-status": "0", "grpc-message": String(headers["x-forwarded-proto"]) };
  const head = { ":status": 200, "content-type": "application/grpc" };
  if (headers[":path"] === "/refuse") {
    stream.respond({ ...head, "grpc-status": "7" }, { endStream: true });
    return;
  }
  if (headers[":path"] === "/headers") {
    stream.respond(head);
    const ours = Object.entries(headers).filter(([name]) => name.startsWith("x-"));
    stream.end(JSON.stringify(Object.fromEntries(ours)));
    return;
  }
  stream.respond({ ...head, "x-te": String(headers["te"]) }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(outcome));
  if (headers[":path"] === "/stream") {
    stream.on("data", (chunk: Buffer) => stream.write(`<${chunk.toString()}>`));
    stream.on("end", () => stream.end());
    return;
  }
  let length = 0;
  stream.on("data", (chunk: Buffer) => (length += chunk.length));
  stream.on("end", () => stream.end(String(length)));
}
