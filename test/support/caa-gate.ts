/**
 * What Pebble lacks of an authority: before an order is finalized it asks the DNS for CAA records (RFC 8659), and refuses in the
 * words of Let's Encrypt. Stands before a Pebble and passes on all else, whose addresses are made of the `Host` it is asked by.
 */
import { once } from "node:events";
import { Resolver } from "node:dns/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request, type Server } from "node:https";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import type { Pebble } from "./pebble.ts";

/** What CAA records call this authority. */
export const CAA_IDENTITY = "ca.test";

const orderSchema = z.object({
  identifiers: z.array(z.object({ value: z.string() })),
  finalize: z.url(),
});

export class CaaGate {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `dnsServer`: `address:port`. */
  static async start(port: number, pebble: Pebble, dnsServer: string): Promise<CaaGate> {
    const resolver = new Resolver({ timeout: 2_000, tries: 2 });
    resolver.setServers([dnsServer]);
    const names = new Map<string, readonly string[]>();
    const server = createServer({ cert: pebble.caPem, key: pebble.keyPem }, (incoming, answer) => {
      answerTo(incoming, answer, { pebble, resolver, names }).catch((error: unknown) => {
        answer.destroy(error instanceof Error ? error : new Error(String(error)));
      });
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return new CaaGate(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }
}

interface Behind {
  readonly pebble: Pebble;
  readonly resolver: Resolver;
  /** Path where an order is finalized → its names. */
  readonly names: Map<string, readonly string[]>;
}

async function answerTo(incoming: IncomingMessage, answer: ServerResponse, behind: Behind): Promise<void> {
  const path = incoming.url ?? "/";
  for (const name of behind.names.get(path) ?? []) {
    if (await isAllowed(name, behind.resolver)) continue;
    const detail = `Error finalizing order :: While processing CAA for ${name}: CAA record for ${name} prevents issuance`;
    const problem = { type: "urn:ietf:params:acme:error:caa", detail, status: 403 };
    answer.writeHead(403, { "content-type": "application/problem+json" }).end(JSON.stringify(problem));
    return;
  }
  const onward = request({
    ca: behind.pebble.caPem,
    host: "127.0.0.1",
    port: new URL(behind.pebble.directoryUrl).port,
    method: incoming.method,
    path,
    headers: incoming.headers,
    setHost: false,
    agent: false,
  });
  incoming.pipe(onward);
  const [reply] = (await once(onward, "response")) as [IncomingMessage];
  const body = await buffer(reply);
  const shown = path === new URL(behind.pebble.directoryUrl).pathname ? withIdentity(body) : body;
  noteOrder(body, behind.names);
  const { "content-length": _length, "transfer-encoding": _encoding, ...headers } = reply.headers;
  answer.writeHead(reply.statusCode ?? 502, headers).end(shown);
}

/** The records next to the name count; one that names other authorities forbids this one. */
async function isAllowed(name: string, resolver: Resolver): Promise<boolean> {
  const labels = name.replace(/^\*\./, "").split(".");
  for (let from = 0; from < labels.length - 1; from++) {
    const records = await resolver.resolveCaa(labels.slice(from).join(".")).catch(noneAt);
    const issuers = records.flatMap(({ issue }) => (issue === undefined ? [] : [issue]));
    if (issuers.length > 0) return issuers.includes(CAA_IDENTITY);
  }
  return true;
}

function noneAt(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENODATA" || error.code === "ENOTFOUND") return [];
  throw error;
}

function withIdentity(body: Buffer): string {
  const directory = z.looseObject({ meta: z.looseObject({}) }).parse(JSON.parse(body.toString()));
  return JSON.stringify({ ...directory, meta: { ...directory.meta, caaIdentities: [CAA_IDENTITY] } });
}

function noteOrder(body: Buffer, names: Map<string, readonly string[]>): void {
  const text = body.toString();
  if (!text.startsWith("{")) return;
  const order = orderSchema.safeParse(JSON.parse(text));
  if (!order.success) return;
  const { finalize, identifiers } = order.data;
  names.set(
    new URL(finalize).pathname,
    identifiers.map(({ value }) => value),
  );
}
