/**
 * The canonical request of Signature Version 4: the one text that client and server both hash.
 * Rules: AWS General Reference, "Create a signed AWS API request". App Runner is not S3, so the path is normalised and
 * encoded a second time.
 */
import type { HeaderValues } from "./signed-request.ts";

export interface CanonicalParts {
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderValues;
  /** Lower case, sorted. */
  readonly signedHeaders: readonly string[];
  /** Lower-case hex of the SHA-256 of the body. */
  readonly payloadHash: string;
}

export function canonicalRequest(parts: CanonicalParts): string {
  const [path = "", ...query] = parts.target.split("?");
  const headers = parts.signedHeaders.map(
    (name) => `${name}:${canonicalValue(parts.headers.get(name) ?? [])}\n`,
  );
  return [
    parts.method,
    canonicalPath(path),
    canonicalQuery(query.join("?")),
    headers.join(""),
    parts.signedHeaders.join(";"),
    parts.payloadHash,
  ].join("\n");
}

/** A header that came several times is one with its values joined by commas. */
function canonicalValue(values: readonly string[]): string {
  return values.map((value) => value.trim().replaceAll(/\s+/g, " ")).join(",");
}

function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  const trailing = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.map(encode).join("/")}${trailing}`;
}

/** Repeated keys are kept, each with its value; order is by encoded key, then by encoded value. */
function canonicalQuery(query: string): string {
  if (query === "") return "";
  const pairs = query.split("&").map((pair): readonly [string, string] => {
    const equals = pair.indexOf("=");
    const [key, value] = equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    return [encode(decode(key)), encode(decode(value))];
  });
  return pairs
    .sort(([keyA, valueA], [keyB, valueB]) => compare(keyA, keyB) || compare(valueA, valueB))
    .map(([key, value]) => `${key}=${value}`)
    .join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** What cannot be decoded stays as it is: the signature then simply does not match. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** RFC 3986: everything but the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
