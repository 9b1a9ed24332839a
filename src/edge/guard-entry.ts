/**
 * A guard as one word of the host map: `h+c:0a000000~8,…+r:100000:10+p:404:2f61646d696e,…+b:1048576+t:30000+a:salt:digest,…`.
 * It becomes part of commands, so it is read back by patterns, and whatever is not of its form is refused.
 */
import { SlipwayError } from "../domain/error.ts";
import type { RouteGuard } from "../ports/route-guard.ts";

/** More than the longest tags and 100 passwords take. A command of HAProxy's command line holds 16 KiB, a list of its answers too. */
const MAX_LENGTH = 12_000;
const HEX_LIST = "((?:[0-9a-f]+(?:,[0-9a-f]+)*)?)";

const RANGES = /^c:([0-9a-f]{8}(?:[0-9a-f]{24})?~\d{1,3}(?:,[0-9a-f]{8}(?:[0-9a-f]{24})?~\d{1,3})*)$/;
const RATE = /^r:(\d{1,10}):(\d{1,6})$/;
const PATHS = new RegExp(`^p:(403|404):${HEX_LIST}$`);
const BODY = /^b:(\d{1,13})$/;
const TIMEOUT = /^t:(\d{1,6})$/;
const PASSWORDS = new RegExp(`^a:([0-9A-Za-z]{1,64}):${HEX_LIST}$`);

const NO_GUARD: RouteGuard = {
  allowed: null,
  rateLimit: null,
  deniedPaths: null,
  maxBodyBytes: null,
  isDefaultHostOff: false,
  requestTimeoutMs: null,
  passwords: null,
};

/** Throws InvalidParameter for what is not to be written so. */
export function formatGuard(guard: RouteGuard): string {
  const { allowed, rateLimit, deniedPaths, maxBodyBytes, requestTimeoutMs, passwords } = guard;
  const parts = [
    guard.isDefaultHostOff ? "h" : null,
    allowed && `c:${allowed.map(({ digits, bits }) => `${digits}~${bits}`).join(",")}`,
    rateLimit && `r:${rateLimit.intervalUs}:${rateLimit.burst}`,
    deniedPaths && `p:${deniedPaths.status}:${deniedPaths.patterns.map(hexOf).join(",")}`,
    maxBodyBytes === null ? null : `b:${maxBodyBytes}`,
    requestTimeoutMs === null ? null : `t:${requestTimeoutMs}`,
    passwords && `a:${passwords.salt}:${passwords.digests.join(",")}`,
  ];
  const text = parts.filter((part) => part !== null).join("+");
  if (text.length <= MAX_LENGTH && parseGuard(text) !== null) return text;
  throw new SlipwayError("InvalidParameter", {
    path: "guard",
    problem: `is not to be written in ${MAX_LENGTH} characters of its form`,
  });
}

/** Null for what is none. */
export function parseGuard(text: string): RouteGuard | null {
  let guard: RouteGuard | null = NO_GUARD;
  for (const part of text.split("+")) {
    const more: Partial<RouteGuard> | null = parsePart(part);
    guard = more === null || guard === null ? null : { ...guard, ...more };
  }
  return guard;
}

function parsePart(part: string): Partial<RouteGuard> | null {
  if (part === "h") return { isDefaultHostOff: true };
  const kind = part.slice(0, 1);
  return (readers[kind] ?? (() => null))(part);
}

const readers: Readonly<Record<string, (part: string) => Partial<RouteGuard> | null>> = {
  c: (part) => {
    const ranges = RANGES.exec(part)?.[1]?.split(",");
    if (ranges === undefined) return null;
    const rows = ranges.map((range) => range.split("~"));
    return { allowed: rows.map(([digits = "", bits = ""]) => ({ digits, bits: Number(bits) })) };
  },
  r: (part) => {
    const [, intervalUs, burst] = RATE.exec(part) ?? [];
    if (burst === undefined) return null;
    return { rateLimit: { intervalUs: Number(intervalUs), burst: Number(burst) } };
  },
  p: (part) => {
    const [, status, patterns = ""] = PATHS.exec(part) ?? [];
    if (status === undefined) return null;
    return { deniedPaths: { status: status === "403" ? 403 : 404, patterns: listOf(patterns).map(textOf) } };
  },
  b: (part) => numberIn(BODY, part, (maxBodyBytes) => ({ maxBodyBytes })),
  t: (part) => numberIn(TIMEOUT, part, (requestTimeoutMs) => ({ requestTimeoutMs })),
  a: (part) => {
    const [, salt, digests = ""] = PASSWORDS.exec(part) ?? [];
    return salt === undefined ? null : { passwords: { salt, digests: listOf(digests) } };
  },
};

function numberIn(
  pattern: RegExp,
  part: string,
  guardOf: (value: number) => Partial<RouteGuard>,
): Partial<RouteGuard> | null {
  const digits = pattern.exec(part)?.[1];
  return digits === undefined ? null : guardOf(Number(digits));
}

function listOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(",");
}

function hexOf(text: string): string {
  return Buffer.from(text).toString("hex");
}

function textOf(hex: string): string {
  return Buffer.from(hex, "hex").toString();
}
