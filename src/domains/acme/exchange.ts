/**
 * One request and its answer, for all that is said to an authority. Direct connections only: a proxy of the environment
 * knows nothing of an internal authority, and plain TLS is all that a public one needs. No redirects. Each has a deadline.
 */
import { Agent as HttpAgent, type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Clock } from "../../ports/clock.ts";
import { IssuanceError } from "../../ports/certificate-authority.ts";
import { isAboutTime, networkFailure, timeFailure } from "./network-failure.ts";

/** Let's Encrypt answers within seconds even when it is busy. */
export const EXCHANGE_MAX_MS = 30_000;
/** A chain is a few KiB, an order of a hundred names less than 20. */
const BODY_BYTES_MAX = 1_048_576;
/** An order may have a hundred names to ask for. */
const CONNECTIONS_MAX = 4;
const USER_AGENT = "slipway";

export interface Peer {
  /** An address of http is only right for a directory that has one. */
  readonly directoryUrl: string;
  /** Trusted instead of the public authorities. */
  readonly caPem: string | null;
  readonly clock: Clock;
  readonly exchangeMaxMs: number;
}

export interface Sent {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: string;
  readonly body: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Connections of one step. They end with it, so that nothing keeps the process and nothing goes stale. */
export class Exchanges {
  readonly host: string;
  readonly #peer: Peer;
  readonly #isHttps: boolean;
  readonly #agent: HttpAgent;
  readonly #signal: AbortSignal;

  constructor(peer: Peer, signal: AbortSignal) {
    const directory = new URL(peer.directoryUrl);
    this.host = directory.host;
    this.#peer = peer;
    this.#isHttps = directory.protocol === "https:";
    const options = { keepAlive: true, maxSockets: CONNECTIONS_MAX };
    this.#agent = this.#isHttps
      ? new HttpsAgent({ ...options, ...(peer.caPem !== null && { ca: peer.caPem }) })
      : new HttpAgent(options);
    this.#signal = signal;
  }

  end(): void {
    this.#agent.destroy();
  }

  /** Throws IssuanceError when no answer comes, and the signal's reason when that ends it. */
  async send(sent: Sent): Promise<Answer> {
    this.#signal.throwIfAborted();
    const deadline = AbortSignal.timeout(this.#peer.exchangeMaxMs);
    try {
      return await this.#exchange(sent, AbortSignal.any([this.#signal, deadline]), true);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof IssuanceError) throw error;
      if (deadline.aborted) throw this.#slow();
      throw isAboutTime(error) ? await this.#timeFailure(sent.url, error) : networkFailure(this.host, error);
    }
  }

  async #exchange(sent: Sent, signal: AbortSignal, isTrusted: boolean): Promise<Answer> {
    const url = this.#permitted(sent.url);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const outgoing = (this.#isHttps ? httpsRequest : httpRequest)(url, {
      agent: this.#agent,
      method: sent.method,
      signal,
      headers: { "User-Agent": USER_AGENT, ...(sent.body !== null && bodyHeaders(sent.body)) },
      ...(!isTrusted && { rejectUnauthorized: false }),
    });
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      readBody(incoming).then(
        (body) => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }),
        reject,
      );
    });
    outgoing.end(sent.body ?? undefined);
    return promise;
  }

  #permitted(text: string): URL {
    const url = new URL(text);
    if ((url.protocol === "https:") === this.#isHttps) return url;
    throw new IssuanceError(
      "other",
      `${this.host} sends us to ${url.origin}, which is not the protocol it has.`,
    );
  }

  #slow(): IssuanceError {
    const seconds = this.#peer.exchangeMaxMs / 1000;
    return new IssuanceError("unavailable", `${this.host} did not answer within ${seconds} s.`);
  }

  async #timeFailure(url: string, error: unknown): Promise<IssuanceError> {
    const theirMs = await this.#theirClock(url);
    return timeFailure(this.host, error, { nowMs: this.#peer.clock.now(), theirMs });
  }

  /** For a message alone: nothing is sent that is worth anything, and nothing but the date is read. */
  async #theirClock(url: string): Promise<number | null> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(this.#peer.exchangeMaxMs)]);
    try {
      const { headers } = await this.#exchange({ method: "HEAD", url, body: null }, signal, false);
      const ms = Date.parse(headers.date ?? "");
      return Number.isNaN(ms) ? null : ms;
    } catch {
      return null;
    }
  }
}

function bodyHeaders(body: string): Record<string, string | number> {
  return { "Content-Type": "application/jose+json", "Content-Length": Buffer.byteLength(body) };
}

async function readBody(incoming: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error(`it answers with more than ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Null when it is none. */
export function jsonOf({ body }: Answer): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** What was made for us; null when the answer does not say where it is. */
export function locationOf({ headers }: Answer, baseUrl: string): string | null {
  return headers.location === undefined ? null : (URL.parse(headers.location, baseUrl)?.href ?? null);
}
