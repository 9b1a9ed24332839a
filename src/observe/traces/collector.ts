/** Where spans go: an OpenTelemetry collector that is spoken to by OTLP over HTTP. */
import {
  type ClientRequestArgs,
  Agent as HttpAgent,
  type IncomingMessage,
  request as httpRequest,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "./span.ts";

export interface CollectorOptions {
  /** `http(s)://host:port`, maybe with a path: what stands before `/v1/traces`. */
  readonly endpoint: string;
  readonly protocol: "http/protobuf" | "http/json";
  /** May hold secrets: they are in no message. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/**
 * `taken`: it has them, but for those it refused. `busy`: it may take them later; null: it does not say when. `refused`: it
 * never will.
 */
export type CollectorAnswer =
  | { readonly kind: "taken"; readonly refusedCount: number; readonly problem: string | null }
  | { readonly kind: "busy"; readonly retryAfterMs: number | null; readonly problem: string }
  | { readonly kind: "refused"; readonly problem: string };

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 65_536;
/** OTLP specification, "Retryable response codes". */
const BUSY = new Set([429, 502, 503, 504]);
const SERIALIZERS = { "http/protobuf": ProtobufTraceSerializer, "http/json": JsonTraceSerializer } as const;
const TYPES = { "http/protobuf": "application/x-protobuf", "http/json": "application/json" } as const;

export class Collector {
  readonly #options: CollectorOptions;
  readonly #url: URL;
  readonly #agent: HttpAgent;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#url = new URL(`${options.endpoint.replace(/\/+$/, "")}/v1/traces`);
    const agent = { keepAlive: true, maxSockets: 1 };
    this.#agent = this.#url.protocol === "https:" ? new HttpsAgent(agent) : new HttpAgent(agent);
  }

  /** Sends them; none is a way to ask whether it answers. Rejects only when the signal is aborted. */
  async send(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<CollectorAnswer> {
    const body = SERIALIZERS[this.#options.protocol].serializeRequest([...spans]) ?? new Uint8Array();
    try {
      const deadline = AbortSignal.timeout(this.#options.timeoutMs ?? TIMEOUT_MS);
      return this.#answerOf(await this.#post(body, AbortSignal.any([signal, deadline])));
    } catch (error) {
      signal.throwIfAborted();
      return { kind: "busy", retryAfterMs: null, problem: this.#problemOf(error) };
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(body: Uint8Array, signal: AbortSignal): Promise<Answer> {
    const { protocol, headers } = this.#options;
    const options: ClientRequestArgs = {
      method: "POST",
      agent: this.#agent,
      signal,
      headers: { ...headers, "content-type": TYPES[protocol], "content-length": body.byteLength },
    };
    const request = this.#url.protocol === "https:" ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const sent = request(this.#url, options, (incoming) => void readAnswer(incoming).then(resolve, reject));
      sent.on("error", reject);
      sent.end(body);
    });
  }

  #answerOf({ status, retryAfter, body }: Answer): CollectorAnswer {
    const problem = `${this.#url.origin} answered ${status}`;
    if (BUSY.has(status)) return { kind: "busy", retryAfterMs: retryAfterMsOf(retryAfter), problem };
    if (status < 200 || status > 299) return { kind: "refused", problem };
    return { kind: "taken", ...this.#refusalIn(body) };
  }

  /** An answer that cannot be read is no reason to send again. */
  #refusalIn(body: Uint8Array): { readonly refusedCount: number; readonly problem: string | null } {
    try {
      const reply = SERIALIZERS[this.#options.protocol].deserializeResponse(body);
      // In JSON it is a string, whatever the type says.
      const refused: unknown = reply.partialSuccess?.rejectedSpans;
      const refusedCount = Number(refused ?? 0) || 0;
      const why = (reply.partialSuccess?.errorMessage ?? "").slice(0, 200);
      return {
        refusedCount,
        problem: refusedCount === 0 ? null : `${this.#url.origin} refused spans: ${why}`,
      };
    } catch {
      return { refusedCount: 0, problem: null };
    }
  }

  #problemOf(error: unknown): string {
    const { code, name, message } = error as NodeJS.ErrnoException;
    const isLate = name === "TimeoutError" || code === "ABORT_ERR";
    return `${this.#url.origin} ${isLate ? "does not answer in time" : `cannot be reached (${code ?? message})`}`;
  }
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Uint8Array;
}

async function readAnswer(incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return {
    status: incoming.statusCode ?? 0,
    retryAfter: incoming.headers["retry-after"],
    body: Buffer.concat(chunks),
  };
}

/** In seconds; a date is not worth its trouble. */
function retryAfterMsOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) * 1000 : null;
}
