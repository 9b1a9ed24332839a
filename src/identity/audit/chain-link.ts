/**
 * One record as a line of a file: `<sequence> <hash> <JSON>`, parted by tabs. The hash is an HMAC-SHA-256 of the hash
 * before, the sequence and the very bytes of the JSON, so that no other writing of the same record is worth anything.
 * Who can write the file but has not the key cannot make a line that fits.
 */
import { createHmac, type KeyObject } from "node:crypto";
import type { AuditedCall, AuditRecord } from "../../domain/audit.ts";
import type { AuditLink } from "../../ports/audit-trail.ts";

/** Before the first record that was ever written. */
export const ORIGIN: AuditLink = { sequence: 0, hash: "" };

const HASH = /^[A-Za-z0-9_-]{43}$/;
const SEQUENCE = /^[1-9]\d{0,15}$/;
const ID_BYTES = 16;

export interface ReadLink extends AuditLink {
  readonly json: string;
}

/** What follows `previous`, and its line. */
export function nextLink(
  key: KeyObject,
  previous: AuditLink,
  json: string,
): { readonly link: AuditLink; readonly line: string } {
  const sequence = previous.sequence + 1;
  const hash = hashOf(key, previous.hash, { sequence, json });
  return { link: { sequence, hash }, line: `${sequence}\t${hash}\t${json}\n` };
}

export function hashOf(
  key: KeyObject,
  previousHash: string,
  link: Pick<ReadLink, "sequence" | "json">,
): string {
  return createHmac("sha256", key)
    .update(`${previousHash}\t${link.sequence}\t${link.json}`)
    .digest("base64url");
}

/** Null: no line of ours. Whether it fits is for `hashOf`. */
export function readLink(line: string): ReadLink | null {
  const first = line.indexOf("\t");
  const second = line.indexOf("\t", first + 1);
  const sequence = line.slice(0, first);
  const hash = line.slice(first + 1, second);
  if (second === -1 || !SEQUENCE.test(sequence) || !HASH.test(hash)) return null;
  return { sequence: Number(sequence), hash, json: line.slice(second + 1) };
}

/** Null where the JSON is none, or no call: who reads must not fail for what somebody wrote into the file. */
export function toRecord({ sequence, hash, json }: ReadLink): AuditRecord | null {
  try {
    const call: unknown = JSON.parse(json);
    return isCall(call) ? { ...call, sequence, id: idOf(hash) } : null;
  } catch {
    return null;
  }
}

function isCall(value: unknown): value is AuditedCall {
  if (typeof value !== "object" || value === null) return false;
  const { atMs, eventSource, eventName, principalArn, resources } = value as Partial<
    Record<keyof AuditedCall, unknown>
  >;
  if (!Number.isSafeInteger(atMs) || !Array.isArray(resources)) return false;
  return [eventSource, eventName, principalArn === null ? "" : principalArn, ...resources].every(
    (text) => typeof text === "string",
  );
}

/** The first 128 bits of the hash, as a UUID is written. */
function idOf(hash: string): string {
  const hex = Buffer.from(hash, "base64url").subarray(0, ID_BYTES).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** How the hash of a record with that id begins; null where it is no id. */
export function hashStartOf(id: string): string | null {
  const hex = id.replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/i.test(hex)) return null;
  // Six bytes are eight whole characters.
  return Buffer.from(hex.slice(0, 12), "hex").toString("base64url");
}

/** A link as it lies in the database: who can write there but has not the key cannot make another one. */
export function sealLink(key: KeyObject, { sequence, hash }: AuditLink): string {
  return [sequence, hash, sealOf(key, { sequence, hash })].join(" ");
}

/** Null: there is none. "forged": it was not made with this key. */
export function openLink(key: KeyObject, text: string | null): AuditLink | "forged" | null {
  if (text === null) return null;
  const [sequence = "", hash = "", seal = ""] = text.split(" ");
  const link = { sequence: Number(sequence), hash };
  return seal === sealOf(key, link) ? link : "forged";
}

function sealOf(key: KeyObject, { sequence, hash }: AuditLink): string {
  return createHmac("sha256", key).update(`anchor\t${sequence}\t${hash}`).digest("base64url");
}
