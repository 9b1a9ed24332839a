/** Requests signed by AWS's own signer, the oracle of the SigV4 tests, and sent as they are. */
import { createHash, createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { SignatureV4 } from "@smithy/signature-v4";
import { wireServiceOf } from "../../contract/index.ts";
import type { SignedRequest } from "../sigv4/signed-request.ts";

export interface Unsigned {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface SigningOptions {
  readonly id: string;
  readonly secret: string;
  readonly region?: string;
  readonly service?: string;
  readonly signingDate?: Date;
  readonly sessionToken?: string;
}

/** What goes over the wire: the headers after signing. */
export interface Signed {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Digester = ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

/** The hash that the signer asks for, on node:crypto. */
class Sha256 {
  #hash: Digester;
  readonly #secret: Parameters<typeof createHmac>[1] | undefined;

  constructor(secret?: unknown) {
    this.#secret = secret as Parameters<typeof createHmac>[1] | undefined;
    this.#hash = this.#make();
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    this.#hash = this.#make();
  }
  #make(): Digester {
    return this.#secret === undefined ? createHash("sha256") : createHmac("sha256", this.#secret);
  }
}

export async function sign(unsigned: Unsigned, options: SigningOptions): Promise<Signed> {
  const { method = "POST", path = "/", query = {}, headers = {}, body = "" } = unsigned;
  const signer = new SignatureV4({
    service: options.service ?? wireServiceOf(headers["x-amz-target"]).signingName,
    region: options.region ?? "us-east-1",
    sha256: Sha256,
    credentials: {
      accessKeyId: options.id,
      secretAccessKey: options.secret,
      ...(options.sessionToken !== undefined && { sessionToken: options.sessionToken }),
    },
  });
  const signed = await signer.sign(
    {
      method,
      protocol: "http:",
      hostname: "127.0.0.1",
      path,
      query: { ...query },
      headers: { host: "127.0.0.1", ...headers },
      body,
    },
    options.signingDate === undefined ? {} : { signingDate: options.signingDate },
  );
  return { method, target: path + queryText(query), headers: signed.headers, body: Buffer.from(body) };
}

function queryText(query: Readonly<Record<string, string | string[]>>): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(key)}=${encodeURIComponent(one)}`),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/** The same as the verifier sees it. */
export function toSignedRequest({ method, target, headers, body }: Signed): SignedRequest {
  return { method, target, rawHeaders: Object.entries(headers).flat(), body };
}

/** An API call: the headers that the protocol wants, and JSON. */
export function call(target: string, input: unknown): Unsigned {
  return {
    headers: { "content-type": wireServiceOf(target).contentType, "x-amz-target": target },
    body: JSON.stringify(input),
  };
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export function sendRaw(
  endpoint: string,
  request: {
    readonly method: string;
    readonly target: string;
    readonly headers: object;
    readonly body: Buffer;
  },
): Promise<HttpAnswer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { hostname, port, method: request.method, path: request.target, headers: { ...request.headers } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(request.body);
  });
}
