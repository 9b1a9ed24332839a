/**
 * What the edge shall keep from a service, as its tags say: the grammars of `slipway:allow-cidrs`, `basic-auth`, `rate-limit`,
 * `deny-paths`, `max-body`. All are strict: what they let through becomes part of the edge's files. Pure.
 */
import { type AddressRange, parseAddressRange } from "./address-range.ts";
import { referenceProblem } from "./secret-reference.ts";

type Parsed<Value> = { readonly value: Value } | { readonly problem: string };

/** Who gets in by a password. */
export interface BasicAuth {
  /** Null: the secret holds lines of `user:password`. */
  readonly user: string | null;
  /** Of a secret or a parameter. */
  readonly reference: string;
}

/** As the edge counts: one request in each interval, and so many before their time. */
export interface RateLimit {
  readonly intervalUs: number;
  readonly burst: number;
}

export interface DeniedPaths {
  readonly status: 403 | 404;
  /** In lower case. */
  readonly patterns: readonly string[];
}

export interface Protection {
  /** Null: everybody. */
  readonly allowed: readonly AddressRange[] | null;
  readonly basicAuth: BasicAuth | null;
  readonly rateLimit: RateLimit | null;
  readonly deniedPaths: DeniedPaths | null;
  readonly maxBodyBytes: number | null;
  readonly isDefaultHostOff: boolean;
  readonly requestTimeoutMs: number | null;
}

const MAX_RATE = 100_000;
/** The edge keeps a client's time in 32 bits of microseconds, half of them ahead. */
const MAX_AHEAD_US = 1_500_000_000;
const PERIOD_US = { s: 1_000_000, m: 60_000_000 } as const;
const MAX_BODY_BYTES = 1024 ** 4;
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
/** In a segment one star at most: what it stands for is found without trying. */
const SEGMENT = /^[\w.~@:+=-]*(\*[\w.~@:+=-]*)?$/;
const USER = /^[\w.@+-]{1,64}$/;

export function parseAllowedCidrs(text: string): Parsed<readonly AddressRange[]> {
  const words = text.split(/[ ,]+/).filter((word) => word !== "");
  if (words.length === 0)
    return { problem: "names no range. Write for example 203.0.113.0/24 2001:db8::/32" };
  const ranges = words.map(parseAddressRange);
  const wrong = words.find((_word, index) => ranges[index] === null);
  if (wrong !== undefined) {
    return { problem: `"${wrong}" is no IPv4 or IPv6 range. Write for example 203.0.113.0/24 2001:db8::/32` };
  }
  return { value: ranges.filter((range) => range !== null) };
}

/** `alice=<reference>`, or a reference to a list. */
export function parseBasicAuth(text: string): Parsed<BasicAuth> {
  const [, user = null, reference = ""] = /^(?:([^=:/]+)=)?(.*)$/.exec(text) ?? [];
  if (user !== null && !USER.test(user)) {
    return { problem: `"${user}" is not a user's name of letters, digits and ._@+- (64 at most)` };
  }
  // The service is looked after at each reading, which must not wait for another store.
  const isElsewhere = reference.startsWith("vault:");
  const problem = isElsewhere ? "is in another store" : referenceProblem(reference);
  if (problem !== null) {
    return {
      problem: `${user === null ? "the value" : `what stands behind ${user}=`} ${problem}. Write for example alice=/shop/password`,
    };
  }
  return { value: { user, reference } };
}

/** `10/s`, `600/m burst=50`. */
export function parseRateLimit(text: string): Parsed<RateLimit> {
  const [, digits, unit, burstDigits] = /^(\d{1,6})\/([sm])(?: burst=(\d{1,6}))?$/.exec(text) ?? [];
  const count = Number(digits);
  const burst = Number(burstDigits ?? digits);
  if (unit === undefined || count < 1 || count > MAX_RATE || burst < 1 || burst > MAX_RATE) {
    return {
      problem: `"${text}" is no limit of 1 to ${MAX_RATE} requests. Write for example 10/s, or 600/m burst=50`,
    };
  }
  const intervalUs = Math.round(PERIOD_US[unit === "m" ? "m" : "s"] / count);
  if (intervalUs * burst > MAX_AHEAD_US) {
    return { problem: `a burst of ${burst} lasts longer than 25 minutes at this rate. Write a smaller one` };
  }
  return { value: { intervalUs, burst } };
}

/** Patterns between blanks, `403` before them if that shall be the answer. */
export function parseDeniedPaths(text: string): Parsed<DeniedPaths> {
  const words = text.split(" ").filter((word) => word !== "");
  const status = words[0] === "403" ? 403 : 404;
  const patterns = words[0] === "403" || words[0] === "404" ? words.slice(1) : words;
  if (patterns.length === 0) return { problem: "names no path. Write for example /admin /metrics *.php" };
  const wrong = patterns.find((pattern) => !isPattern(pattern));
  if (wrong !== undefined) {
    return {
      problem: `"${wrong}" is no path such as /admin or /api/*/internal, or name such as *.php: letters, digits and ._~@:+=-, one * between slashes, no % and no ..`,
    };
  }
  return { value: { status, patterns: patterns.map((pattern) => pattern.toLowerCase()) } };
}

/**
 * What is surely meant otherwise: a number where it is no answer would be a segment's name. Null: nothing. Only tags that
 * are given anew are asked: those that are there already go on to close what they close.
 */
export function deniedPathsMistake(text: string): string | null {
  const [first = "", ...others] = text.split(" ").filter((word) => word !== "");
  const names = first === "403" || first === "404" ? others : [first, ...others];
  const number = names.find((name) => /^\d+$/.test(name));
  if (number === undefined) return null;
  return `"${number}" is neither an answer, which is 403 or 404 and stands first, nor a path. Write for example 403 /admin, or /${number} for the path`;
}

function isPattern(pattern: string): boolean {
  const [first = "", ...others] = pattern.split("/");
  const segments = first === "" ? others : [first];
  if (first !== "" && others.length > 0) return false;
  const isRoot = pattern === "/";
  return (
    isRoot || segments.every((part) => part !== "" && part !== "." && part !== ".." && SEGMENT.test(part))
  );
}

/** `10MB`, `512KiB`. */
export function parseByteSize(text: string): Parsed<number> {
  const [, digits, unit = "B"] = /^(\d{1,12})([KMG]?i?B)?$/.exec(text) ?? [];
  const bytes = Number(digits) * (BYTES[unit] ?? Number.NaN);
  if (bytes >= 1 && bytes <= MAX_BODY_BYTES) return { value: bytes };
  return { problem: `"${text}" is no size from 1 byte to 1024GiB. Write for example 10MB or 512KiB` };
}
