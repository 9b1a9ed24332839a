/**
 * The HTTP server: turns a socket's bytes into a SignedRequest and a Reply into bytes. It decides nothing about a request
 * but what keeps it cheap: size, time, and that only `POST /` (and the paths of CBOR) is the API. Every answer it gives itself is modelled too.
 * Beside the API it takes deliveries of webhooks.
 */
import type { ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import {
  maxBodyBytes,
  protocolOf,
  type ErrorCode,
  type Reply,
  type ReplyError,
  type WireHead,
} from "../contract/index.ts";
import type { WebhookReceiver } from "../ports/source-watching.ts";
import { createAdmission } from "./admission.ts";
import { addConsoleFiles, type ConsoleFilesOptions } from "./console/console-files.ts";
import { addLiveRoute, type LiveRouteOptions } from "./console/live-route.ts";
import { addStartRoutes, type StartRoutesOptions } from "./console/start-routes.ts";
import type { ApiLogger, Dispatcher } from "./dispatch.ts";
import { addGitRoutes, type GitRoutesOptions } from "./git/git-routes.ts";
import { addHealthRoutes, type HealthRoutesOptions } from "./health-routes.ts";
import { toListenError } from "./listen-error.ts";
import { isStreamed, OpenStreams } from "./open-streams.ts";
import { addMetricsRoute, type MetricsRoute } from "./metrics-route.ts";
import { addReadingDeadline } from "./reading-deadline.ts";
import { sessionWatch } from "./session-authentication.ts";
import { addProviderRoutes } from "./session-provider-routes.ts";
import { addSessionRoutes, type SessionRoutesOptions } from "./session-routes.ts";
import { addWebhookRoute } from "./webhook-route.ts";

export interface ServerOptions
  extends
    HealthRoutesOptions,
    SessionRoutesOptions,
    ConsoleFilesOptions,
    StartRoutesOptions,
    Pick<LiveRouteOptions, "live"> {
  readonly dispatcher: Dispatcher;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly proxies: readonly string[];
  readonly webhooks: WebhookReceiver;
  readonly logger: ApiLogger;
  readonly git: GitRoutesOptions;
  /** Default: 30 seconds. */
  readonly readingDeadlineMs?: number;
  /** Null: there is no `GET /metrics`. */
  readonly metrics: MetricsRoute | null;
}

export interface ApiServer {
  /** Throws ListenError that names address, port and remedy. `*` is every address; port 0 any free one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  /** Takes no new requests, lets those in flight end, and cuts what is left at the deadline. */
  close(deadlineMs?: number): Promise<void>;
}

/** For reading a request; how long its handler takes is not limited here. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than SDKs keep idle connections, so that the client is the one who ends them. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Far above what one control plane serves. */
const MAX_CONNECTIONS = 512;
const CLOSE_DEADLINE_MS = 10_000;

export function createServer(options: ServerOptions): ApiServer {
  const app = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // A missing Host is refused by who reads it: it must be signed.
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: 5_000,
      requireHostHeader: false,
    },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    forceCloseConnections: "idle",
    exposeHeadRoutes: true,
    trustProxy: options.proxies.length === 0 ? false : [...options.proxies],
    frameworkErrors: (error, request, reply) => void send(reply, refusalOf(error, { ...options, request })),
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, options),
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  // Clients that keep idle connections must not lock everybody else out: the next attempt finds room.
  app.server.on("drop", () => app.server.closeIdleConnections());
  app.server.on("checkExpectation", (_request, response) => answerExpectation(response, options));
  addReadingDeadline(app.server, {
    deadlineMs: options.readingDeadlineMs ?? REQUEST_TIMEOUT_MS,
    refusal: () => refusal("RequestTimeoutException", "The request did not arrive in time.", options),
  });
  readBodiesAsBytes(app);
  addRoutes(app, options);
  return {
    listen: (address) => listen(app, address),
    close: (deadlineMs = CLOSE_DEADLINE_MS) => close(app, deadlineMs),
  };
}

/** Requests are checked by the contract, not by fastify, which would load two compilers of JSON schemas for nothing. */
function noSchemas(): never {
  throw new Error("routes have no JSON schemas");
}

/** SigV4 covers the bytes as sent, so no parser may touch them. */
function readBodiesAsBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

function addRoutes(app: FastifyInstance, options: ServerOptions): void {
  const admission = createAdmission(options);
  const streams = new OpenStreams();
  app.addHook("preClose", async () => streams.endAll());
  for (const path of ["/", "/service/:service/operation/:operation"]) {
    app.post(
      path,
      { onRequest: (request, reply) => admission.decide(request, reply) },
      async (request, reply) => {
        const signed = toSigned(request);
        const answer = await options.dispatcher.handle(signed, goneOf(reply.raw));
        if (!isStreamed(answer)) return send(reply, answer);
        const { signIn, publicUrl } = options;
        return streams.send(reply, answer, sessionWatch(signed, { sessions: signIn.sessions, publicUrl }));
      },
    );
  }
  addWebhookRoute(app, options);
  addSessionRoutes(app, options);
  addProviderRoutes(app, options);
  addLiveRoute(app, options, streams);
  addConsoleFiles(app, options);
  addStartRoutes(app, options);
  if (options.metrics !== null) addMetricsRoute(app, options.metrics);
  addGitRoutes(app, options.git);
  addHealthRoutes(app, options);
  app.setNotFoundHandler((_request, reply) =>
    send(
      reply,
      refusal(
        "UnknownOperationException",
        "The API is POST /, and webhooks are POST /webhooks/<service id>; there is nothing else.",
        options,
      ),
    ),
  );
  app.setErrorHandler((error: { readonly statusCode?: number }, request, reply) =>
    send(reply, refusalOf(error, { ...options, request })),
  );
}

/** Fastify has read the body already, or there is none. */
function toSigned({ method, raw, body, ip }: FastifyRequest) {
  return {
    method,
    target: raw.url ?? "/",
    rawHeaders: raw.rawHeaders,
    sourceAddress: ip,
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  };
}

/** A connection that ends before its answer was sent is somebody who has gone. */
function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

function send(reply: FastifyReply, { status, headers, body }: Reply): FastifyReply {
  // As bytes, for fastify adds a charset to the content type of text.
  return reply.status(status).headers(headers).send(Buffer.from(body));
}

interface RefusalOptions extends ServerOptions {
  readonly request?: FastifyRequest;
}

/** What fastify refuses before a handler runs. */
function refusalOf(error: { readonly statusCode?: number }, options: RefusalOptions): Reply {
  if (error.statusCode === 413) {
    const text = `The body must have at most ${maxBodyBytes} bytes.`;
    return refusal("RequestEntityTooLargeException", text, options);
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return refusal("MalformedHttpRequestException", "The request is not well-formed HTTP.", options);
  }
  const requestId = options.newRequestId();
  options.logger.error({ event: "api.fault", requestId, err: error }, "request failed");
  const message = `Internal error. Request ${requestId} is in the log of the control plane.`;
  return writeRefusal({ code: "InternalServiceErrorException", message }, requestId, options);
}

function refusal(code: ErrorCode, message: string, options: RefusalOptions): Reply {
  return writeRefusal({ code, message }, options.newRequestId(), options);
}

/** In the request's protocol, where it came far enough to have one. */
function writeRefusal(error: ReplyError, requestId: string, { request }: RefusalOptions): Reply {
  const head: WireHead = {
    path: request?.raw.url?.split("?", 1)[0] ?? "/",
    headers: request?.raw.headers ?? {},
  };
  const protocol = protocolOf(head);
  return protocol.writeError(error, requestId, protocol.serviceOf(head));
}

/** An Expect other than 100-continue; Node would answer it without a body. */
function answerExpectation(response: ServerResponse, options: ServerOptions): void {
  const text = "The header Expect asks for what is not known here; leave it out.";
  const { status, headers, body } = refusal("MalformedHttpRequestException", text, options);
  response.writeHead(status, { ...headers, connection: "close" }).end(body);
}

/** Bytes that are no HTTP, headers that are too large or too slow: answered on the bare socket. */
function answerBrokenRequest(
  error: { readonly code?: string },
  socket: Socket,
  options: ServerOptions,
): void {
  // Where something was answered before, a reply that nobody asked for could be read as part of it.
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = brokenReply(error.code, options);
  const lines = Object.entries({
    ...headers,
    "content-length": Buffer.byteLength(body),
    connection: "close",
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.write(`HTTP/1.1 ${status} Refused\r\n${head}\r\n`);
  socket.end(body);
}

function brokenReply(code: string | undefined, options: ServerOptions): Reply {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return refusal("RequestTimeoutException", "The request did not arrive in time.", options);
  }
  const text = "The request is not well-formed HTTP, or its headers are too large.";
  return refusal("MalformedHttpRequestException", text, options);
}

async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ readonly port: number }> {
  try {
    await app.listen({ host: host === "*" ? "::" : host, port });
  } catch (error) {
    throw toListenError(error, { host, port });
  }
  return { port: (app.server.address() as AddressInfo).port };
}

async function close(app: FastifyInstance, deadlineMs: number): Promise<void> {
  const deadline = setTimeout(() => app.server.closeAllConnections(), deadlineMs);
  try {
    await app.close();
  } finally {
    clearTimeout(deadline);
  }
}
