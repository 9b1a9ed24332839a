/**
 * AWS Signature Version 4 for what this client sends: POST, no query, a text body. The server's verifier is written
 * independently; the tests compare this one with AWS's own implementation.
 */
import { createHash, createHmac } from "node:crypto";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignatureScope {
  readonly region: string;
  /** AWS's name of the service in the credential scope. */
  readonly service: string;
}

export interface UnsignedRequest {
  readonly url: URL;
  /** Lower-case names; `host` and the `x-amz-*` ones of the signature are added here. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly nowMs: number;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/** All headers of the signed request, but for `host`, which the HTTP client sets to the same value. */
export function signHeaders(
  request: UnsignedRequest,
  credentials: Credentials,
  scope: SignatureScope,
): Record<string, string> {
  const stamp = new Date(request.nowMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const day = stamp.slice(0, 8);
  const headers: Record<string, string> = {
    ...request.headers,
    "x-amz-date": stamp,
    "x-amz-content-sha256": sha256(request.body),
    ...(credentials.sessionToken === undefined ? {} : { "x-amz-security-token": credentials.sessionToken }),
  };
  const signed = { ...headers, host: request.url.host };
  const names = Object.keys(signed).sort();
  const credentialScope = `${day}/${scope.region}/${scope.service}/aws4_request`;
  const text = [ALGORITHM, stamp, credentialScope, sha256(canonicalRequest(request, signed, names))].join(
    "\n",
  );
  const signature = hmac(signingKey(credentials.secretAccessKey, day, scope), text).toString("hex");
  const credential = `${credentials.accessKeyId}/${credentialScope}`;
  return {
    ...headers,
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

function canonicalRequest(
  request: UnsignedRequest,
  headers: Readonly<Record<string, string>>,
  names: readonly string[],
): string {
  const lines = names.map((name) => `${name}:${(headers[name] ?? "").trim().replaceAll(/\s+/g, " ")}`);
  return ["POST", request.url.pathname, "", ...lines, "", names.join(";"), sha256(request.body)].join("\n");
}

function signingKey(secret: string, day: string, scope: SignatureScope): Buffer {
  const parts = [day, scope.region, scope.service, "aws4_request"];
  return parts.reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
