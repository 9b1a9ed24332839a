/**
 * One attempt: a POST with a deadline, no redirect followed, and of the answer only its status; a body is let by, up to
 * a limit of bytes and time, so that a server that keeps connections in order is not cut off in the middle.
 */
import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { orAborted } from "../../domain/or-aborted.ts";
import type { SendOutcome } from "../../ports/event-sending.ts";
import { addressesOf, RefusedTarget } from "./target-address.ts";

export interface Message {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PostLimits {
  readonly arePrivateTargetsAllowed: boolean;
  readonly deadlineMs: number;
}

const BODY_MAX_BYTES = 65_536;
const BODY_MAX_MS = 1000;

/** Never throws; an aborted signal is a problem like others. */
export async function postMessage(
  message: Message,
  limits: PostLimits,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(limits.deadlineMs)]);
  try {
    const addresses = await orAborted(addressesOf(message.url, limits), inTime);
    // Node never settles a call that is answered with another protocol (101).
    const response = await orAborted(post(message, addresses, inTime), inTime);
    await letBy(response);
    return outcomeOf(response);
  } catch (error) {
    return failed(problemText(error, limits.deadlineMs));
  }
}

/** Names are not resolved again: it is connected to the addresses that were checked. */
function post(message: Message, addresses: readonly string[], signal: AbortSignal): Promise<IncomingMessage> {
  const { url, headers, body } = message;
  const request = url.protocol === "https:" ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method: "POST",
        headers: { ...headers, "content-length": Buffer.byteLength(body) },
        agent: false,
        lookup: (_name, { all }, callback) => {
          const found = addresses.map((address) => ({ address, family: isIP(address) }));
          if (all === true) callback(null, found);
          else callback(null, found[0]?.address ?? "", found[0]?.family);
        },
        signal,
      },
      resolve,
    );
    call.on("error", reject);
    call.end(body);
  });
}

function letBy(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const timer = setTimeout(() => response.destroy(), BODY_MAX_MS);
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > BODY_MAX_BYTES) response.destroy();
    });
    response.on("error", () => undefined);
    response.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function outcomeOf({ statusCode: status = 0, headers }: IncomingMessage): SendOutcome {
  const isTaken = status >= 200 && status < 300;
  const problem = isTaken
    ? null
    : status >= 300 && status < 400
      ? `answered with status ${status}: redirects are not followed`
      : `answered with status ${status}`;
  return { status, problem, retryAfterMs: isTaken ? null : retryAfterMs(headers) };
}

/** Seconds, or a date by the endpoint's own clock. */
function retryAfterMs(headers: IncomingMessage["headers"]): number | null {
  const { "retry-after": text = "", date = "" } = headers;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const waitMs = Date.parse(text) - Date.parse(date);
  return Number.isNaN(waitMs) || waitMs < 0 ? null : waitMs;
}

function failed(problem: string): SendOutcome {
  return { status: null, problem, retryAfterMs: null };
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was closed without an answer",
  ENOTFOUND: "its name has no address",
  EAI_AGAIN: "its name cannot be resolved at the moment",
  ETIMEOUT: "its name cannot be resolved at the moment",
  ENETUNREACH: "its network cannot be reached",
  EHOSTUNREACH: "it cannot be reached",
};

const UNKNOWN_ROOT =
  "its certificate is of an authority that is not trusted here: NODE_EXTRA_CA_CERTS may name a file with its root";

const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "its certificate is signed by nobody but itself: NODE_EXTRA_CA_CERTS may name a file with it",
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_ROOT,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_ROOT,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ROOT,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `${UNKNOWN_ROOT}, or its server sends only a part of the chain`,
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  CERT_HAS_EXPIRED: "its certificate has ended",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
};

/** Codes only: a message of the library may quote the address, which may hold a secret. */
function problemText(error: unknown, deadlineMs: number): string {
  if (error instanceof RefusedTarget) return error.message;
  if (!(error instanceof Error)) return "it cannot be reached";
  if (error.name === "AbortError" || error.name === "TimeoutError")
    return `no answer within ${deadlineMs / 1000} s`;
  const code = "code" in error ? String(error.code) : error.name;
  if (CERTIFICATE_PROBLEMS[code] !== undefined) return `${CERTIFICATE_PROBLEMS[code]} (${code})`;
  if (/CERT|SIGNATURE|ALTNAME|ERR_TLS|ERR_SSL/.test(code)) return `its certificate is not accepted (${code})`;
  return PROBLEMS[code] ?? `the connection failed (${code})`;
}
