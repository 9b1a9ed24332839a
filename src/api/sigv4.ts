/**
 * Signature Version 4 on the server side: who sent this request, and is it the request they signed?
 *
 * Only header-signed requests, with long-term keys or temporary credentials. Presigned URLs and unsigned or streamed
 * payloads are refused by name. A request may be replayed for as long as its date is fresh, as with AWS.
 * What the headers alone tell is checked before the body is read, so that only who knows a key has a body read at all.
 * There is no way to switch this off.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { protocolOf, WireError, wireServices } from "../contract/index.ts";
import type { Principal } from "../domain/identity.ts";
import { CredentialExpired, type Credentials, type KnownCredential } from "../ports/credentials.ts";
import {
  ALGORITHM,
  incomplete,
  invalidKey,
  invalidToken,
  parseAuthorization,
  TERMINATOR,
  type CredentialScope,
  type ParsedAuthorization,
} from "./sigv4/authorization-header.ts";
import { canonicalRequest } from "./sigv4/canonical-request.ts";
import {
  headerValues,
  type HeaderValues,
  type RequestHead,
  type SignedRequest,
  wireHead,
} from "./sigv4/signed-request.ts";

export interface VerifierOptions {
  readonly region: string;
  readonly credentials: Credentials;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const MAX_SKEW_MS = 5 * 60_000;
/** Which of these occur twice would be open to interpretation. */
const SINGLE_HEADERS = [
  "host",
  "x-amz-date",
  "x-amz-content-sha256",
  "x-amz-security-token",
  "x-amz-target",
  "smithy-protocol",
  "content-type",
];
const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** What the headers claim: well-formed, for this place and time, of a key that exists. Not proven yet. */
export interface Claim {
  readonly headers: HeaderValues;
  readonly authorization: ParsedAuthorization;
  readonly date: SigningDate;
  readonly credential: KnownCredential;
}

/** Everything that can be refused without the body; throws WireError. */
export async function checkHead(head: RequestHead, options: VerifierOptions): Promise<Claim> {
  const headers = headerValues(head.rawHeaders);
  const authorization = readAuthorization(head, headers);
  assertSingle(headers);
  assertSignedHeaders(headers, authorization.signedHeaders);
  assertPayloadSigned(headers);
  const date = readDate(headers);
  const call = wireHead(head);
  const { signingName, isGlobal = false } = wireServices[protocolOf(call).serviceOf(call)];
  assertScope(authorization.scope, date, { region: options.region, service: signingName, isGlobal });
  assertFresh(date, options.now());
  const token = headers.get("x-amz-security-token")?.[0] ?? null;
  const credential = await findCredential(authorization.accessKeyId, token, options);
  return { headers, authorization, date, credential };
}

/** The principal that signed the request, or throws WireError. */
export async function authenticate(request: SignedRequest, options: VerifierOptions): Promise<Principal> {
  const { headers, authorization, date, credential } = await checkHead(request, options);
  const canonical = canonicalRequest({
    method: request.method,
    target: request.target,
    headers,
    signedHeaders: authorization.signedHeaders,
    payloadHash: hashPayload(request.body, headers),
  });
  const expected = sign(credential.secret, authorization.scope, date, canonical);
  if (!timingSafeEqual(expected, Buffer.from(authorization.signature, "hex"))) throw mismatch();
  options.credentials.used(credential.principal, authorization.scope.service);
  return credential.principal;
}

async function findCredential(
  accessKeyId: string,
  token: string | null,
  { credentials }: VerifierOptions,
): Promise<KnownCredential> {
  try {
    const found = await credentials.find(accessKeyId, token);
    if (found !== null) return found;
  } catch (error) {
    if (!(error instanceof CredentialExpired)) throw error;
    throw new WireError("ExpiredTokenException", "The security token included in the request is expired");
  }
  throw token === null ? invalidKey() : invalidToken();
}

function readAuthorization(request: RequestHead, headers: HeaderValues): ParsedAuthorization {
  const [header, ...more] = headers.get("authorization") ?? [];
  if (header === undefined || header === "") throw missing(request.target);
  if (more.length > 0) throw incomplete("there is more than one Authorization header");
  return parseAuthorization(header);
}

function missing(target: string): WireError {
  return /[?&]X-Amz-(Algorithm|Signature)=/i.test(target)
    ? incomplete("presigned URLs are not accepted; sign the request in its Authorization header")
    : new WireError("MissingAuthenticationTokenException", "Missing Authentication Token");
}

function assertSingle(headers: HeaderValues): void {
  const repeated = SINGLE_HEADERS.find((name) => (headers.get(name)?.length ?? 0) > 1);
  if (repeated !== undefined) throw incomplete(`the header ${repeated} is given twice`);
}

/** AWS: host and every x-amz- header must be signed, content-type where it is sent. */
function assertSignedHeaders(headers: HeaderValues, signedHeaders: readonly string[]): void {
  const signed = new Set(signedHeaders);
  const mustBeSigned = ["host", "x-amz-date"].concat(
    [...headers.keys()].filter((name) => name.startsWith("x-amz-") || name === "content-type"),
  );
  const unsigned = mustBeSigned.find((name) => !signed.has(name));
  if (unsigned !== undefined) throw incomplete(`SignedHeaders must name '${unsigned}'`);
  const absent = signedHeaders.find((name) => !headers.has(name));
  if (absent !== undefined) throw incomplete("SignedHeaders names a header that the request does not have");
}

interface SigningDate {
  /** As sent: YYYYMMDDTHHMMSSZ. */
  readonly text: string;
  readonly epochMs: number;
}

function readDate(headers: HeaderValues): SigningDate {
  const text = headers.get("x-amz-date")?.[0] ?? "";
  const [, year, month, day, hour, minute, second] = AMZ_DATE.exec(text) ?? [];
  const epochMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(epochMs)) throw incomplete("X-Amz-Date must be a time such as 20260131T235959Z");
  return { text, epochMs };
}

/** What a credential must be scoped to. */
interface ExpectedScope extends Pick<CredentialScope, "region" | "service"> {
  /** Clients sign for `us-east-1` wherever they are. */
  readonly isGlobal: boolean;
}

const GLOBAL_REGION = "us-east-1";

function assertScope(scope: CredentialScope, date: SigningDate, expected: ExpectedScope): void {
  const problem = scopeProblem(scope, date, expected);
  if (problem !== null) throw new WireError("InvalidSignatureException", problem);
}

/** AWS's own sentences, with what was expected. */
function scopeProblem(scope: CredentialScope, date: SigningDate, expected: ExpectedScope): string | null {
  if (scope.terminator !== TERMINATOR) {
    return `Credential should be scoped with a valid terminator: '${TERMINATOR}'.`;
  }
  if (!date.text.startsWith(`${scope.date}T`)) {
    return "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.";
  }
  const isGlobal = expected.isGlobal && scope.region === GLOBAL_REGION;
  if (scope.region !== expected.region && !isGlobal) {
    return `Credential should be scoped to a valid region, not '${scope.region.slice(0, 40)}': this installation is '${expected.region}'.`;
  }
  if (scope.service !== expected.service) {
    return `Credential should be scoped to correct service: '${expected.service}'.`;
  }
  return null;
}

function assertPayloadSigned(headers: HeaderValues): void {
  if (!/^(UNSIGNED-PAYLOAD|STREAMING-.*)$/.test(headers.get("x-amz-content-sha256")?.[0] ?? "")) return;
  throw new WireError(
    "InvalidSignatureException",
    "The payload must be signed: X-Amz-Content-SHA256 is its SHA-256.",
  );
}

/** Hash of what really came; a hash that the client sent along must say the same. */
function hashPayload(body: Uint8Array, headers: HeaderValues): string {
  const actual = createHash("sha256").update(body).digest("hex");
  const claimed = headers.get("x-amz-content-sha256")?.[0];
  if (claimed === undefined || claimed === actual) return actual;
  throw new WireError("InvalidSignatureException", "X-Amz-Content-SHA256 is not the SHA-256 of the body.");
}

function sign(secret: string, scope: CredentialScope, date: SigningDate, canonical: string): Buffer {
  const names = [scope.date, scope.region, scope.service, scope.terminator];
  const canonicalHash = createHash("sha256").update(canonical).digest("hex");
  const text = [ALGORITHM, date.text, names.join("/"), canonicalHash].join("\n");
  const key = names.reduce<Buffer | string>((parent, name) => hmac(parent, name), `AWS4${secret}`);
  return hmac(key, text);
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function mismatch(): WireError {
  return new WireError(
    "InvalidSignatureException",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
  );
}

/** SDKs correct their clock when they read this code and our Date header. */
function assertFresh(date: SigningDate, nowMs: number): void {
  if (Math.abs(nowMs - date.epochMs) <= MAX_SKEW_MS) return;
  const now = toAmzDate(nowMs);
  const text =
    date.epochMs < nowMs
      ? `Signature expired: ${date.text} is now earlier than ${toAmzDate(nowMs - MAX_SKEW_MS)} (${now} - 5 min.)`
      : `Signature not yet current: ${date.text} is still later than ${toAmzDate(nowMs + MAX_SKEW_MS)} (${now} + 5 min.)`;
  throw new WireError("InvalidSignatureException", text);
}

function toAmzDate(epochMs: number): string {
  return new Date(epochMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
}
