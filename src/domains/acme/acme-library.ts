/**
 * The only file that knows acme-client. Of it we use how requests are signed (nonces and their refusal, external account
 * binding) and requests for certificates. Its own way to the network is replaced: it has no deadlines, sleeps through
 * Retry-After where nobody can wake it, takes proxies from the environment, and its errors keep only the text.
 * Loaded when first used: it takes 8 MiB, unbundled 35.
 */
import { createHash, createPrivateKey } from "node:crypto";
import { type Answer, type Exchanges, jsonOf } from "./exchange.ts";

/** An authority may refuse nonces for a while (when its nodes change); each time costs one round trip, and brings a new one. */
const BAD_NONCE_RETRIES_MAX = 30;

export interface ExternalAccount {
  readonly keyId: string;
  /** Base64url, as the authority gave it. */
  readonly macKey: string;
}

export interface SignedRequest {
  readonly url: string;
  /** Null reads (POST-as-GET). */
  readonly payload: object | null;
  /** Null when the key itself signs: to find or make the account. */
  readonly accountUrl: string | null;
  readonly externalAccount: ExternalAccount | null;
}

/** With whom, as whom, and with which nonces: those of earlier answers save asking for one. */
export interface SigningContext {
  readonly exchanges: Exchanges;
  readonly accountKeyPem: string;
  readonly nonces: string[];
  /** Asks the authority for one. */
  newNonce(): Promise<string>;
}

/** Signs with the account's key and sends. Refusals are answers. Throws IssuanceError when no answer comes. */
export async function sendSigned(request: SignedRequest, context: SigningContext): Promise<Answer> {
  const { default: HttpClient } = await import("acme-client/src/http.js");
  const binding = request.externalAccount;
  const client = new HttpClient(
    "",
    context.accountKeyPem,
    ...(binding === null ? [] : [{ kid: binding.keyId, hmacKey: binding.macKey }]),
  );
  client.maxBadNonceRetries = BAD_NONCE_RETRIES_MAX;
  client.getNonce = () => context.newNonce();
  let last: Answer | null = null;
  client.request = async (url, _method, { data }) => {
    last = await context.exchanges.send({ method: "POST", url, body: JSON.stringify(data) });
    return { status: last.status, headers: last.headers, data: jsonOf(last) };
  };
  await client.signedRequest(request.url, request.payload === null ? null : { ...request.payload }, {
    kid: request.accountUrl,
    nonce: context.nonces.pop() ?? null,
    includeExternalAccountBinding: binding !== null,
  });
  if (last === null) throw new Error("acme-client sent nothing");
  const nonce = nonceOf(last);
  if (nonce !== null) context.nonces.push(nonce);
  return last;
}

/** For the next request (RFC 8555, section 6.5); null when there is none. */
export function nonceOf({ headers }: Answer): string | null {
  const nonce = headers["replay-nonce"];
  return typeof nonce === "string" && nonce !== "" ? nonce : null;
}

/** What proves that a token is answered by the owner of the account (RFC 8555, section 8.1). */
export function keyAuthorization(token: string, thumbprint: string): string {
  return `${token}.${thumbprint}`;
}

/** Of a key authorization, for DNS (section 8.4). */
export function dnsText(authorization: string): string {
  return createHash("sha256").update(authorization).digest("base64url");
}

/** RFC 7638: digest of the public key in its canonical form. */
export async function keyThumbprint(accountKeyPem: string): Promise<string> {
  const { default: crypto } = await import("acme-client/src/crypto/index.js");
  return createHash("sha256")
    .update(JSON.stringify(crypto.getJwk(accountKeyPem)))
    .digest("base64url");
}

/** Request for a certificate with these names, in base64url of DER. */
export async function certificateRequest(names: readonly string[], keyPem: string): Promise<string> {
  const { default: crypto } = await import("acme-client/src/crypto/index.js");
  const pkcs8 = createPrivateKey(keyPem).export({ type: "pkcs8", format: "pem" });
  const [, request] = await crypto.createCsr({ altNames: [...names] }, pkcs8.toString());
  return crypto.getPemBodyAsB64u(request);
}
