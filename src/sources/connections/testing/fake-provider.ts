/** A Git provider's API on a port of this machine: knows some tokens, gives out those of apps, and remembers what came. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface ProviderRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: unknown;
}

export interface ProviderAnswer {
  readonly status: number;
  readonly body?: unknown;
}

export class FakeProvider {
  readonly requests: ProviderRequest[] = [];
  /** `METHOD /path` → answer, null for none at all; anything else is 404. */
  readonly answers = new Map<string, (request: ProviderRequest) => ProviderAnswer | null>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<FakeProvider> {
    const provider = new FakeProvider();
    await new Promise<void>((resolve) => provider.#server.listen(0, "127.0.0.1", resolve));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers 200 when this is shown, 401 otherwise. */
  accept(call: string, authorization: string, body: unknown = {}): void {
    this.answers.set(call, (request) =>
      request.authorization === authorization ? { status: 200, body } : { status: 401 },
    );
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const { method = "", url = "", headers } = incoming;
    const request: ProviderRequest = {
      method,
      path: url,
      authorization: headers.authorization ?? "",
      body: body === "" ? null : (JSON.parse(body) as unknown),
    };
    this.requests.push(request);
    const handler = this.answers.get(`${method} ${url}`);
    const answer = handler === undefined ? { status: 404 } : handler(request);
    if (answer === null) return;
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(JSON.stringify("body" in answer ? answer.body : {}));
  }
}
