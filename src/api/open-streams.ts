/**
 * Replies that go on. They end with their connection, when their client takes nothing for a minute, and all when the server
 * closes: they must not hold it up.
 */
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { Reply, StreamedReply } from "../contract/index.ts";

export function isStreamed(reply: Reply | StreamedReply): reply is StreamedReply {
  return typeof reply.body !== "string" && !(reply.body instanceof Uint8Array);
}

/** Each of them has something to say every second: a connection on which nothing moves is one that nobody reads. */
const STALLED_MS = 60_000;
const WATCHED_EVERY_MS = 15_000;

export class OpenStreams {
  readonly #open = new Set<Readable>();
  readonly #stalledMs: number;
  readonly #watchedEveryMs: number;

  constructor(stalledMs = STALLED_MS, watchedEveryMs = WATCHED_EVERY_MS) {
    this.#stalledMs = stalledMs;
    this.#watchedEveryMs = watchedEveryMs;
  }

  /** `mayGoOn`: asked now and then; null: it may. */
  send(
    reply: FastifyReply,
    { status, headers, body }: StreamedReply,
    mayGoOn: (() => Promise<boolean>) | null = null,
  ): FastifyReply {
    const stream = Readable.from(body, { objectMode: false });
    if (mayGoOn !== null) this.#watch(stream, mayGoOn);
    this.#open.add(stream);
    stream.once("close", () => this.#open.delete(stream));
    reply.raw.setTimeout(this.#stalledMs, () => stream.destroy());
    return reply.status(status).headers(headers).send(stream);
  }

  #watch(stream: Readable, mayGoOn: () => Promise<boolean>): void {
    const look = async (): Promise<void> => {
      // What cannot be known is no leave to go on.
      if (!(await mayGoOn().catch(() => false))) stream.destroy();
    };
    const timer = setInterval(() => void look(), this.#watchedEveryMs);
    stream.once("close", () => clearInterval(timer));
  }

  endAll(): void {
    for (const stream of this.#open) stream.destroy();
  }
}
