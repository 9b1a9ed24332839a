/** HTTP requests to hosts that users and repositories name: only to permitted addresses, with limits on time and size. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SourceError } from "../../ports/source-code.ts";
import { resolveHost, type NetworkRules } from "./network-rules.ts";

const SILENCE_MAX_MS = 30_000;

export interface SafeRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly rules: NetworkRules;
  readonly signal: AbortSignal;
}

/** The answer's head; redirects are not followed. Throws SourceError "unreachable". */
export async function sendSafely(request: SafeRequest): Promise<IncomingMessage> {
  const url = new URL(request.url);
  const isHttps = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const [address] = await resolveHost(host, Number(url.port) || (isHttps ? 443 : 80), request.rules);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = isHttps ? httpsRequest : httpRequest;
  const outgoing = send(
    url,
    {
      method: request.method,
      headers: request.headers,
      signal: request.signal,
      timeout: SILENCE_MAX_MS,
      // The address that was checked, whatever the name resolves to by now.
      lookup: (_host, options, done) =>
        options.all === true
          ? done(null, [{ address, family: isIP(address) }])
          : done(null, address, isIP(address)),
    },
    resolve,
  );
  outgoing.on("timeout", () => outgoing.destroy(new Error(`silent for ${SILENCE_MAX_MS} ms`)));
  outgoing.on("error", reject);
  outgoing.end(request.body);
  return promise.catch((error: unknown) => {
    request.signal.throwIfAborted();
    throw new SourceError("unreachable", `The host ${url.host} did not answer as it should.`, {
      cause: error,
    });
  });
}

/** Throws SourceError "too-large", or "unreachable" when the answer breaks off. */
export async function readSmallBody(answer: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new SourceError("too-large", `An answer of more than ${bytesMax} bytes.`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError("unreachable", "The host broke off its answer.", { cause: error });
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The body into a new file. Gives size and digest of what arrived; no more than `bytesMax` are written. */
export async function saveBody(
  answer: IncomingMessage,
  path: string,
  options: { readonly bytesMax: number; readonly signal: AbortSignal },
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes > options.bytesMax) done(new SourceError("refused", "more bytes than announced"));
      else done(null, chunk);
    },
  });
  await pipeline(answer, measure, createWriteStream(path, { flags: "wx" }), { signal: options.signal });
  return { bytes, sha256: hash.digest("hex") };
}
