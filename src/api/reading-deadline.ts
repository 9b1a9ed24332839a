/**
 * How long a request may take to arrive, answered or not. Node's own limit holds for all requests of a server; pushes of
 * large repositories need longer than API calls are given, so that limit is off, and this one is lifted for pushers who
 * are known. It hangs on the server itself: what no route takes is limited as well.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Reply } from "../contract/index.ts";

export interface ReadingDeadline {
  readonly deadlineMs: number;
  /** The answer to a request that did not arrive in time. */
  readonly refusal: () => Reply;
}

const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

export function addReadingDeadline(server: Server, { deadlineMs, refusal }: ReadingDeadline): void {
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    const timer = setTimeout(() => {
      if (!request.complete) cut(response, refusal());
    }, deadlineMs);
    timers.set(request, timer);
    const stop = (): void => clearTimeout(timer);
    // Not the end of the answer: who was answered early could go on sending for ever.
    request.once("end", stop).once("close", stop);
  });
}

/** For a request whose body is a stream with limits of its own. */
export function liftReadingDeadline(request: IncomingMessage): void {
  clearTimeout(timers.get(request));
}

function cut(response: ServerResponse, { status, headers, body }: Reply): void {
  const { socket } = response.req;
  if (response.headersSent) {
    socket.destroy();
    return;
  }
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body), connection: "close" });
  response.end(body, () => socket.destroy());
}
