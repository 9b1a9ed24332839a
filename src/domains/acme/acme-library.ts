/**
 * The only file that knows acme-client. Of it we use how requests are signed (nonces and their refusal, external account
 * binding) and requests for certificates. Its own way to the network is replaced: it has no deadlines, sleeps through
 * Retry-After where nobody can wake it, takes proxies from the environment, and its errors keep only the text.
 * Loaded when first used: it takes some 35 MiB.
 */
import { createHash, createPrivateKey } from "node:crypto";
import { type Answer, type Exchanges, jsonOf } from "./exchange.ts";

/** An authority may refuse nonces for a while (when its nodes change); each time costs one round trip. */
const BAD_NONCE_RETRIES_MAX = 20;

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

/** Signs with the account's key and sends. Refusals are answers. Throws IssuanceError when no answer comes. */
export async function sendSigned(
  request: SignedRequest,
  {
    exchanges,
    accountKeyPem,
    newNonceUrl,
  }: { readonly exchanges: Exchanges; readonly accountKeyPem: string; readonly newNonceUrl: string },
): Promise<Answer> {
  const { default: HttpClient } = await import("acme-client/src/http.js");
  const binding = request.externalAccount;
  const client = new HttpClient(
    "",
    accountKeyPem,
    ...(binding === null ? [] : [{ kid: binding.keyId, hmacKey: binding.macKey }]),
  );
  client.maxBadNonceRetries = BAD_NONCE_RETRIES_MAX;
  client.getResourceUrl = () => Promise.resolve(newNonceUrl);
  let last: Answer | null = null;
  client.request = async (url, method, options) => {
    last = await exchanges.send({
      url,
      method: method === "head" ? "HEAD" : "POST",
      body: options?.data === undefined ? null : JSON.stringify(options.data),
    });
    return { status: last.status, headers: last.headers, data: jsonOf(last) };
  };
  await client.signedRequest(request.url, request.payload === null ? null : { ...request.payload }, {
    kid: request.accountUrl,
    includeExternalAccountBinding: binding !== null,
  });
  if (last === null) throw new Error("acme-client sent nothing");
  return last;
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
