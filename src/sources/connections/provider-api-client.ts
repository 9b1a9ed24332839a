/**
 * Calls of Git providers' APIs. Answers are small and untrusted; neither they nor what was sent ever gets into an error:
 * they may hold secrets.
 */
import { SourceError } from "../../ports/source-code.ts";
import type { NetworkRules } from "../git/network-rules.ts";
import { readSmallBody, sendSafely } from "../git/safe-request.ts";

const DEADLINE_MS = 20_000;
const ANSWER_BYTES_MAX = 1024 * 1024;

export interface ProviderCall {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly authorization: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** The provider answered, and knows or allows not what was shown to it. */
export class ProviderRefusal extends SourceError {
  /** 401: the credential is not known. 403: it is, and may not do this. */
  readonly status: 401 | 403;

  constructor(status: 401 | 403, host: string) {
    super(
      "unauthorized",
      status === 401
        ? `${host} does not know the credential (status 401). It may be mistyped, expired or revoked.`
        : `${host} knows the credential but does not allow this with it (status 403). It may lack a permission.`,
    );
    this.status = status;
  }
}

export interface ProviderApiRules extends NetworkRules {
  /** Whether a credential may go where anybody on the way can read it. */
  readonly allowPlainHttp: boolean;
}

export class ProviderApiClient {
  readonly #rules: ProviderApiRules;

  constructor(rules: ProviderApiRules) {
    this.#rules = rules;
  }

  /** The answer's JSON, or null when it has none. Throws SourceError: "unauthorized", "not-found", "unreachable", "other". */
  async call({ method, url, authorization, body }: ProviderCall, signal: AbortSignal): Promise<unknown> {
    this.#assertPrivate(new URL(url));
    const within = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    const text = body === undefined ? undefined : JSON.stringify(body);
    try {
      const answer = await sendSafely({
        url,
        method,
        headers: {
          accept: "application/json",
          authorization,
          "user-agent": "slipway",
          ...(text !== undefined && {
            "content-type": "application/json",
            "content-length": String(Buffer.byteLength(text)),
          }),
        },
        ...(text !== undefined && { body: text }),
        rules: this.#rules,
        signal: within,
      });
      const received = await readSmallBody(answer, ANSWER_BYTES_MAX);
      assertSuccess(answer.statusCode ?? 0, new URL(url));
      return parsed(received);
    } catch (error) {
      signal.throwIfAborted();
      if (!within.aborted) throw error;
      const seconds = DEADLINE_MS / 1000;
      throw new SourceError("unreachable", `${new URL(url).host} did not answer within ${seconds} s.`, {
        cause: error,
      });
    }
  }

  #assertPrivate({ protocol, host }: URL): void {
    if (protocol === "https:" || this.#rules.allowPlainHttp) return;
    const right = "Use https, or permit http with SLIPWAY_GIT_OVER_HTTP=true";
    throw new SourceError(
      "address",
      `The credential would go to ${host} over http, readable on the way. ${right}.`,
    );
  }
}

function assertSuccess(status: number, { host, pathname }: URL): void {
  if (status >= 200 && status < 300) return;
  if (status === 401 || status === 403) throw new ProviderRefusal(status, host);
  if (status === 404) throw new SourceError("not-found", `${host} has no ${pathname} for this credential.`);
  if (status >= 500 || status === 429) {
    throw new SourceError("unreachable", `${host} answered with status ${status}; try again later.`);
  }
  throw new SourceError(
    "other",
    `${host} answered with status ${status}. Is ServerUrl the address of the provider?`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
