/**
 * How long a request may take to arrive. Node's own limit holds for all requests of a server; pushes of large
 * repositories need longer than API calls are given, so that limit is off and this one knows which is which.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Reply } from "../contract/index.ts";

export interface ReadingDeadline {
  readonly deadlineMs: number;
  /** Requests whose bodies are streams have limits of their own. */
  readonly isStreamed: (target: string) => boolean;
  /** The answer to a request that did not arrive in time. */
  readonly refusal: () => Reply;
}

export function addReadingDeadline(app: FastifyInstance, deadline: ReadingDeadline): void {
  app.addHook("onRequest", (request, reply, done) => {
    if (!deadline.isStreamed(request.raw.url ?? "")) limit(request, reply, deadline);
    done();
  });
}

function limit({ raw }: FastifyRequest, reply: FastifyReply, { deadlineMs, refusal }: ReadingDeadline): void {
  const timer = setTimeout(() => {
    if (!raw.complete) cut(reply, refusal());
  }, deadlineMs);
  const stop = (): void => clearTimeout(timer);
  raw.once("end", stop);
  reply.raw.once("close", stop);
}

function cut(reply: FastifyReply, { status, headers, body }: Reply): void {
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  reply.hijack();
  reply.raw.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body), connection: "close" });
  reply.raw.end(body, () => reply.raw.destroy());
}
