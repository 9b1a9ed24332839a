/**
 * The instance door: credentials for instances with a role, and the API for calls that are signed with them. Nothing else
 * is here: no page, no git, no webhooks, no metrics. Who comes is known twice, by a secret and by the address.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Readable } from "node:stream";
import { protocolOf, type Reply } from "../../contract/index.ts";
import { CREDENTIALS_PATH } from "../../domain/instance-door.ts";
import type { CredentialIssuer, Credentials } from "../../ports/credentials.ts";
import type { InstanceTokens } from "../../ports/instance-tokens.ts";
import type { Store } from "../../ports/store.ts";
import type { ApiLogger, Dispatcher } from "../dispatch.ts";
import { isStreamed } from "../open-streams.ts";
import { parseAuthorization } from "../sigv4/authorization-header.ts";
import { headerValues, type RequestHead, wireHead } from "../sigv4/signed-request.ts";
import { DoorLimits } from "./door-limits.ts";
import { DoorRefusal, stranger, visitorOf } from "./door-visitor.ts";

export interface InstanceDoorOptions {
  /** Asked for at each call. */
  readonly dispatcher: () => Dispatcher;
  readonly store: Pick<Store, "instances" | "releases" | "services" | "roles">;
  readonly tokens: InstanceTokens;
  readonly issuer: Pick<CredentialIssuer, "issueForRole">;
  readonly credentials: Pick<Credentials, "find">;
  readonly logger: ApiLogger;
  readonly newRequestId: () => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** SDKs ask for new ones some minutes before the end. */
const CREDENTIALS_S = 3600;
const READING_MS = 10_000;
const IDLE_MS = 65_000;
const MAX_CONNECTIONS = 384;
/** Node's SDK opens up to 50. */
const MAX_CONNECTIONS_OF_ONE = 64;
const MAX_HEADER_BYTES = 16_384;
/** A secret's value has at most 64 KiB. */
const MAX_BODY_BYTES = 131_072;
/** After these the connection ends. */
const LAST: ReadonlySet<number> = new Set([413, 429]);
const API_PATH = /^\/(?:service\/\w+\/operation\/\w+)?$/;
const JSON_TYPE = { "content-type": "application/json", "cache-control": "no-store" };

export class InstanceDoor {
  readonly #options: InstanceDoorOptions;
  readonly #limits: DoorLimits;
  readonly #connections = new Map<string, number>();
  #server: Server | null = null;

  constructor(options: InstanceDoorOptions) {
    this.#options = options;
    this.#limits = new DoorLimits(options.now);
  }

  /** Instead of where it listened before. Any free port: only the firewall's rules lead here. */
  async listen(host: string, port = 0): Promise<{ readonly port: number }> {
    this.close();
    const server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: READING_MS,
        requestTimeout: READING_MS,
        keepAliveTimeout: IDLE_MS,
        connectionsCheckingInterval: 2000,
      },
      (request, response) => void this.#handle(request, response),
    );
    server.maxConnections = MAX_CONNECTIONS;
    server.on("drop", () => server.closeIdleConnections());
    server.on("connection", (socket) => this.#count(socket));
    server.timeout = IDLE_MS;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port }, resolve);
    });
    this.#server = server;
    return { port: (server.address() as AddressInfo).port };
  }

  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = null;
  }

  #count(socket: Socket): void {
    const address = addressOf(socket);
    const count = (this.#connections.get(address) ?? 0) + 1;
    if (count > MAX_CONNECTIONS_OF_ONE) {
      socket.destroy();
      return;
    }
    this.#connections.set(address, count);
    socket.once("close", () => {
      const left = (this.#connections.get(address) ?? 1) - 1;
      if (left === 0) this.#connections.delete(address);
      else this.#connections.set(address, left);
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = headOf(request);
    try {
      const body = await bodyOf(request);
      const reply = await this.#limits.run(head.sourceAddress, () => this.#answer(head, body));
      send(response, reply);
    } catch (error) {
      // The caller went away, or took longer than a request may.
      if (request.destroyed && !request.complete) return void response.destroy();
      // Who asks too much must open a connection anew, and the kernel counts those.
      if (error instanceof DoorRefusal && LAST.has(error.status)) response.setHeader("connection", "close");
      send(response, this.#refusalOf(error, head));
    }
  }

  async #answer(head: DoorHead, body: Buffer): Promise<Reply> {
    const path = head.target.split("?", 1)[0] ?? "/";
    if (head.method === "GET" && path === CREDENTIALS_PATH) return this.#issue(head);
    if (head.method === "POST" && API_PATH.test(path)) return this.#call(head, body);
    throw new DoorRefusal(404, "NotFound", `Here are GET ${CREDENTIALS_PATH} and POST / of the API.`);
  }

  async #issue(head: DoorHead): Promise<Reply> {
    const { store, tokens, issuer, logger } = this.#options;
    const instanceId = tokens.instanceOf(onlyHeader(head, "authorization"));
    if (instanceId === null) throw stranger();
    const { role, serviceArn } = await visitorOf({ instanceId, sourceAddress: head.sourceAddress }, store);
    const request = { sessionName: instanceId, durationSeconds: CREDENTIALS_S, serviceArn };
    const made = issuer.issueForRole(role, request);
    logger.info({ event: "door.credentials", instanceId, serviceArn, role: role.arn }, "credentials issued");
    const body = JSON.stringify({
      AccessKeyId: made.accessKeyId,
      SecretAccessKey: made.secret,
      Token: made.sessionToken,
      Expiration: new Date(made.expiresAtMs).toISOString().replace(/\.\d+Z$/, "Z"),
      RoleArn: role.arn,
    });
    return { status: 200, headers: JSON_TYPE, body };
  }

  /** What is wrong with the credentials themselves the dispatcher says, as everywhere. */
  async #call(head: DoorHead, body: Buffer): Promise<Reply> {
    const dispatcher = this.#options.dispatcher();
    const refusal = await dispatcher.refuseUnread(head);
    if (refusal !== null) return refusal;
    await this.#assertOwn(head);
    const reply = await dispatcher.handle({ ...head, body });
    if (!isStreamed(reply)) return reply;
    Readable.from(reply.body).destroy();
    throw new DoorRefusal(404, "UnknownOperationException", "Streams are not to be had here.");
  }

  /** The credentials of this very instance: another's, a user's, or those of a role it assumed are not taken. */
  async #assertOwn(head: DoorHead): Promise<void> {
    const { credentials, store } = this.#options;
    const authorization = onlyHeader(head, "authorization");
    // A session of the console is nothing that an instance has.
    if (authorization === "") throw stranger();
    const { accessKeyId } = parseAuthorization(authorization);
    const known = await credentials.find(accessKeyId, onlyHeader(head, "x-amz-security-token"));
    const principal = known?.principal;
    if (principal?.kind !== "role" || principal.serviceArn === undefined) throw stranger();
    const { sourceAddress } = head;
    const visitor = await visitorOf({ instanceId: principal.sessionName, sourceAddress }, store);
    if (visitor.serviceArn !== principal.serviceArn || visitor.role.arn !== principal.roleArn)
      throw stranger();
  }

  #refusalOf(error: unknown, head: DoorHead): Reply {
    if (!(error instanceof DoorRefusal)) {
      const requestId = this.#options.newRequestId();
      this.#options.logger.error({ event: "door.fault", requestId, err: error }, "instance door");
      return refusalReply(new DoorRefusal(503, "InternalError", `Internal error. Request ${requestId}.`));
    }
    if (head.method !== "POST" || error.code !== "ThrottlingException") return refusalReply(error);
    const call = wireHead(head);
    const protocol = protocolOf(call);
    const refusal = { code: error.code, message: error.message } as const;
    return protocol.writeError(refusal, this.#options.newRequestId(), protocol.serviceOf(call));
  }
}

type DoorHead = RequestHead & { readonly sourceAddress: string };

function headOf(request: IncomingMessage): DoorHead {
  const { method = "", url: target = "/", rawHeaders } = request;
  return { method, target, rawHeaders, sourceAddress: addressOf(request.socket) };
}

function addressOf({ remoteAddress = "" }: Socket): string {
  return remoteAddress.replace(/^::ffff:/, "");
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES ? Infinity : 0;
  if (sizeBytes === Infinity) throw tooLarge();
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): DoorRefusal {
  const message = `A body must have at most ${MAX_BODY_BYTES} bytes here.`;
  return new DoorRefusal(413, "RequestEntityTooLargeException", message);
}

/** Empty when it is missing or given twice. */
function onlyHeader({ rawHeaders }: RequestHead, name: string): string {
  const values = headerValues(rawHeaders).get(name) ?? [];
  return values.length === 1 ? (values[0] ?? "") : "";
}

/** As SDKs read it from either place: `Code` for credentials, `__type` for calls. */
function refusalReply({ status, code, message }: DoorRefusal): Reply {
  const body = JSON.stringify({ __type: code, Code: code, Message: message, message });
  return { status, headers: JSON_TYPE, body };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
