/**
 * Which bodies are read at all. A request that its headers condemn is answered at once and its connection ends: a
 * stranger's body costs no memory. Of large bodies only a few are held at the same time.
 */
import type { IncomingMessage } from "node:http";
import { finished } from "node:stream/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { maxBodyBytes, protocolOf, type Reply } from "../contract/index.ts";
import type { Dispatcher } from "./dispatch.ts";
import { type RequestHead, wireHead } from "./sigv4/signed-request.ts";

interface AdmissionOptions {
  readonly dispatcher: Pick<Dispatcher, "refuseUnread">;
  readonly newRequestId: () => string;
}

interface Admission {
  /** Lets the request pass on to its body, or answers it. */
  decide(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

/** Calls of any size that people write by hand; with these the connections' limit is limit enough. */
const SMALL_BODY_BYTES = 65_536;
/** With 1 MiB each as much memory as small bodies on all connections. */
const MAX_LARGE_BODIES = 32;
/** What still comes after a refusal is thrown away for so long: a reset would cost the client our answer. */
const LINGER_MS = 1000;

export function createAdmission({ dispatcher, newRequestId }: AdmissionOptions): Admission {
  let largeBodies = 0;
  return {
    async decide(request, reply) {
      const sizeBytes = announcedBytes(request.raw);
      // Refused by fastify, unread as well.
      if (sizeBytes > maxBodyBytes && Number.isFinite(sizeBytes)) return;
      const { method, url: target = "/", rawHeaders } = request.raw;
      const head = { method: method ?? "", target, rawHeaders, sourceAddress: request.ip };
      const refusal = await dispatcher.refuseUnread(head);
      if (refusal !== null) return answerUnread(request, reply, refusal);
      if (sizeBytes <= SMALL_BODY_BYTES) return;
      if (largeBodies >= MAX_LARGE_BODIES) return answerUnread(request, reply, tooMany(head, newRequestId()));
      largeBodies += 1;
      reply.raw.once("close", () => (largeBodies -= 1));
    },
  };
}

/** Infinity where only the end of the body will tell. */
function announcedBytes({ headers }: IncomingMessage): number {
  if (headers["transfer-encoding"] !== undefined) return Infinity;
  return Number(headers["content-length"] ?? 0);
}

function tooMany(head: RequestHead, requestId: string): Reply {
  const message = `More than ${MAX_LARGE_BODIES} large requests at the same time. Try again.`;
  const call = wireHead(head);
  const protocol = protocolOf(call);
  return protocol.writeError({ code: "ThrottlingException", message }, requestId, protocol.serviceOf(call));
}

async function answerUnread(request: FastifyRequest, reply: FastifyReply, refusal: Reply): Promise<void> {
  const { status, headers, body } = refusal;
  reply.hijack();
  const length = Buffer.byteLength(body);
  reply.raw.writeHead(status, { ...headers, "content-length": length, connection: "close" });
  reply.raw.write(body);
  request.raw.resume();
  // However the body ends, the answer is out.
  await finished(request.raw, { signal: AbortSignal.timeout(LINGER_MS) }).catch(() => undefined);
  reply.raw.end();
}
