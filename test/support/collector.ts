/** A collector of tests: a real HTTP server that reads what OTLP clients send. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { spansInProtobuf } from "./otlp-protobuf.ts";

/** As OTLP's JSON has them. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: number };
}

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export class TestCollector implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  /** What it does with a request; takes it unless told otherwise. */
  answer: (response: ServerResponse) => void = (response) => response.writeHead(200).end();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { url: path = "", headers } = request;
        this.requests.push({ path, headers, body: Buffer.concat(chunks) });
        this.answer(response);
      });
    });
  }

  static async listen(port = 0, host = "127.0.0.1"): Promise<TestCollector> {
    const collector = new TestCollector();
    await new Promise<void>((resolve, reject) => {
      collector.#server.once("error", reject).listen(port, host, resolve);
    });
    return collector;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  spans(): readonly ReceivedSpan[] {
    return this.requests.flatMap(({ headers, body }) =>
      headers["content-type"] === "application/json" ? spansInJson(body) : spansInProtobuf(body),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => void this.#server.close(resolve));
  }
}

interface Export {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[];
  }[];
}

function spansInJson(body: Buffer): readonly ReceivedSpan[] {
  const { resourceSpans = [] } = JSON.parse(body.toString()) as Export;
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

/** Attributes as a plain object. */
export function attributesOf({ attributes }: ReceivedSpan): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
