/** An ACME directory that answers what a test tells it: for what a real authority cannot be made to do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";

export interface FakeReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object becomes JSON. */
  readonly body?: unknown;
}

export interface FakeRequest {
  readonly path: string;
  /** Of a signed request, decoded. */
  readonly payload: Readonly<Record<string, unknown>> | null;
  readonly header: Readonly<Record<string, unknown>>;
}

/** Undefined: what a friendly authority would say. Never resolving: it hangs. */
type Script = (request: FakeRequest) => FakeReply | undefined | Promise<never>;

export class FakeDirectory {
  /** Signed requests, oldest first. */
  readonly requests: FakeRequest[] = [];
  script: Script = () => undefined;
  /** Made to it so far. */
  connections = 0;
  readonly #server: Server;
  readonly #protocol: "http" | "https";
  #nonces = 0;

  private constructor(tls: { readonly key: string; readonly cert: string } | null) {
    const answer = (incoming: IncomingMessage, outgoing: ServerResponse) => {
      this.#answer(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
    };
    this.#protocol = tls === null ? "http" : "https";
    this.#server = tls === null ? createServer(answer) : createHttpsServer(tls, answer);
    this.#server.on("connection", () => this.connections++);
  }

  static async start(
    tls: { readonly key: string; readonly cert: string } | null = null,
  ): Promise<FakeDirectory> {
    const fake = new FakeDirectory(tls);
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get origin(): string {
    return `${this.#protocol}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get directoryUrl(): string {
    return `${this.origin}/dir`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  directory(): Readonly<Record<string, unknown>> {
    const { origin } = this;
    return {
      newNonce: `${origin}/nonce`,
      newAccount: `${origin}/new-account`,
      newOrder: `${origin}/new-order`,
      renewalInfo: `${origin}/renewal`,
    };
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = requestOf(incoming.url ?? "", await textOf(incoming));
    if (request.payload !== null || incoming.method === "POST") this.requests.push(request);
    const {
      status = 200,
      headers = {},
      body = "",
    } = (await this.script(request)) ?? this.friendly(request.path);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    outgoing.writeHead(status, {
      "Content-Length": Buffer.byteLength(text),
      "Replay-Nonce": `nonce-${++this.#nonces}`,
      "Content-Type": typeof body === "string" ? "text/html" : "application/json",
      ...headers,
    });
    outgoing.end(text);
  }

  friendly(path: string): FakeReply {
    const { origin } = this;
    switch (path) {
      case "/dir":
        return { body: this.directory() };
      case "/new-account":
        return { status: 201, headers: { Location: `${origin}/account/1` }, body: { status: "valid" } };
      case "/new-order":
        return { status: 201, headers: { Location: `${origin}/order/1` }, body: this.order() };
      case "/order/1":
        return { body: this.order() };
      default:
        return {};
    }
  }

  order(changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
    const { origin } = this;
    return {
      status: "pending",
      authorizations: [`${origin}/authorization/1`],
      finalize: `${origin}/finalize/1`,
      ...changes,
    };
  }
}

export function acmeProblem(type: string, detail: string): Readonly<Record<string, unknown>> {
  return { type: `urn:ietf:params:acme:error:${type}`, detail };
}

function requestOf(path: string, body: string): FakeRequest {
  const signed = body === "" ? {} : (JSON.parse(body) as Readonly<Record<string, string>>);
  return { path, payload: decoded(signed["payload"]), header: decoded(signed["protected"]) ?? {} };
}

function decoded(part: string | undefined): Readonly<Record<string, unknown>> | null {
  if (part === undefined || part === "") return null;
  return JSON.parse(Buffer.from(part, "base64url").toString()) as Readonly<Record<string, unknown>>;
}
