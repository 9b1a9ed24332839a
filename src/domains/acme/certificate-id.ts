/** How a certificate is named when its renewal is asked about (RFC 9773, section 4.1). Pure. */
import { X509Certificate } from "node:crypto";

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OBJECT_IDENTIFIER = 0x06;
const OCTET_STRING = 0x04;
/** `[3]` of a TBSCertificate. */
const EXTENSIONS = 0xa3;
/** `[0]` of an AuthorityKeyIdentifier. */
const KEY_IDENTIFIER = 0x80;
/** 2.5.29.35. */
const AUTHORITY_KEY_IDENTIFIER = Buffer.from("551d23", "hex");

/** Of the first certificate in the chain; null when it does not tell the key of its issuer. */
export function certificateId(chainPem: string): string | null {
  const der = new X509Certificate(chainPem).raw;
  const [certificate] = elements(der);
  const toBeSigned = elements(elements(certificate?.content ?? der)[0]?.content ?? der);
  const serial = toBeSigned.find(({ tag }) => tag === INTEGER)?.content;
  const extensions = toBeSigned.find(({ tag }) => tag === EXTENSIONS)?.content;
  const key = extensions === undefined ? null : authorityKey(extensions);
  return serial === undefined || key === null
    ? null
    : `${key.toString("base64url")}.${serial.toString("base64url")}`;
}

function authorityKey(extensions: Buffer): Buffer | null {
  for (const extension of elements(elements(extensions)[0]?.content ?? extensions)) {
    const parts = elements(extension.content);
    const isIt = parts[0]?.tag === OBJECT_IDENTIFIER && parts[0].content.equals(AUTHORITY_KEY_IDENTIFIER);
    const value = parts.find(({ tag }) => tag === OCTET_STRING)?.content;
    if (!isIt || value === undefined) continue;
    const fields = elements(value).find(({ tag }) => tag === SEQUENCE)?.content ?? value;
    return elements(fields).find(({ tag }) => tag === KEY_IDENTIFIER)?.content ?? null;
  }
  return null;
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** The DER elements that stand one after the other in these bytes. Node has parsed the whole before. */
function elements(bytes: Buffer): readonly Element[] {
  const found: Element[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const { start, length } = contentAt(bytes, at + 1);
    found.push({ tag: bytes[at] ?? 0, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

/** Below 128 the first byte is the length, else it says how many bytes the length has. */
function contentAt(bytes: Buffer, at: number): { readonly start: number; readonly length: number } {
  const first = bytes.readUInt8(at);
  if (first < 0x80) return { start: at + 1, length: first };
  const size = first & 0x7f;
  return { start: at + 1 + size, length: bytes.readUIntBE(at + 1, size) };
}
