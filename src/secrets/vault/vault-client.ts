/** Calls of Vault's HTTP API: one answer each, of bounded size and time. A token is in a header and in no error. */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { withNumbersAsWritten } from "../json-numbers.ts";
import {
  problemOfFailure,
  problemOfStatus,
  PROBLEM_TEXTS,
  type VaultAnswer,
  VaultError,
  type VaultProblem,
} from "./vault-answer.ts";

const BODY_BYTES_MAX = 1024 * 1024;

export interface VaultClientOptions {
  /** Without a slash at its end. */
  readonly address: string;
  /** OpenBao's and Vault Enterprise's. */
  readonly namespace: string | null;
  /** PEM of the authorities to trust instead of the public ones. */
  readonly ca: string | null;
  readonly deadlineMs: number;
}

export interface VaultCall {
  readonly method: "GET" | "POST";
  /** Encoded, without `/v1/`. */
  readonly path: string;
  readonly token?: string;
  readonly body?: object;
}

export class VaultClient {
  readonly #options: VaultClientOptions;

  constructor(options: VaultClientOptions) {
    this.#options = options;
  }

  /** Throws VaultError for what is no answer; a 404 is one when it has data. */
  async call(call: VaultCall): Promise<unknown> {
    const { status, body } = await this.#send(call).catch((cause: unknown) => {
      if (cause instanceof VaultError) throw cause;
      throw this.problem(problemOfFailure(cause), cause);
    });
    const problem = body === null && status < 300 ? "broken" : problemOfStatus(status);
    if (problem === null || (problem === "missing" && hasData(body))) return body;
    throw this.problem(problem);
  }

  problem(problem: VaultProblem, cause?: unknown): VaultError {
    const { address } = this.#options;
    return new VaultError(problem, `Vault at ${address} ${PROBLEM_TEXTS[problem]}`, { cause });
  }

  #send({ method, path, token, body }: VaultCall): Promise<VaultAnswer> {
    const { address, namespace, ca, deadlineMs } = this.#options;
    const url = new URL(`${address}/v1/${path}`);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      // Vault's agents refuse what a browser can be made to send.
      "X-Vault-Request": "true",
      ...(token !== undefined && { "X-Vault-Token": token }),
      ...(namespace !== null && { "X-Vault-Namespace": namespace }),
      ...(text !== undefined && {
        "Content-Type": "application/json",
        "Content-Length": String(Buffer.byteLength(text)),
      }),
    };
    const signal = AbortSignal.timeout(deadlineMs);
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const call = send(url, { method, headers, signal, ...(ca !== null && { ca }) }, (response) => {
        let bytes = 0;
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > BODY_BYTES_MAX) response.destroy(this.problem("broken"));
          else chunks.push(chunk);
        });
        response.on("error", reject);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, body: jsonOf(Buffer.concat(chunks)) });
        });
      });
      call.on("error", reject);
      call.end(text);
    });
  }
}

/** Null when it is none: the parser's message would quote what may be a value. */
function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"), withNumbersAsWritten);
  } catch {
    return null;
  }
}

function hasData(body: unknown): boolean {
  return typeof body === "object" && body !== null && "data" in body;
}
