/**
 * Version ranges as npm writes them: `>=18 <23`, `^20.1`, `~3.11`, `18.x || 20.x`, `1.2 - 2`. Versions are numbers; what
 * follows a `-` or `+` is left out of account.
 */
type Version = readonly [number, number, number];
/** From the first, before the second. */
type Span = readonly [Version, Version];

const ZERO: Version = [0, 0, 0];
const INFINITE: Version = [Infinity, 0, 0];
const PART =
  /^(?<operator>\^|~>?|>=|<=|>|<|=)?v?(?<version>(?:\d{1,9}|[x*])(?:\.(?:\d{1,9}|[x*])){0,2})(?:[-+][\w.+-]*)?$/i;
const RANGE_MAX_CHARACTERS = 300;

/** Whether a version lies in a range; null when the range cannot be read. */
export function isInRange(version: string, range: string): boolean | null {
  const alternatives = parseRange(range);
  const [has] = parseVersion(version) ?? [];
  if (alternatives === null || has === undefined) return null;
  return alternatives.some((spans) => spans.every((span) => contains(span, has)));
}

function parseRange(range: string): readonly (readonly Span[])[] | null {
  if (range.length > RANGE_MAX_CHARACTERS) return null;
  const alternatives = range.split("||").map(parseAlternative);
  return alternatives.some((spans) => spans === null) ? null : alternatives.filter((spans) => spans !== null);
}

function parseAlternative(text: string): readonly Span[] | null {
  const [, low, high] = /^\s*(\S+)\s+-\s+(\S+)\s*$/.exec(text) ?? [];
  const joined = low === undefined ? text.trim() : `>=${low} <=${high}`;
  const parts = joined.replaceAll(/([\^~<>=])\s+/g, "$1").split(/\s+/);
  const spans = parts.map((part) => (part === "" ? ([ZERO, INFINITE] as const) : parsePart(part)));
  return spans.some((span) => span === null) ? null : spans.filter((span) => span !== null);
}

function parsePart(part: string): Span | null {
  const { operator = "=", version = "" } = PART.exec(part)?.groups ?? {};
  const parsed = parseVersion(version);
  if (parsed === null) return null;
  const [from, given] = parsed;
  // The first version beyond all that the written numbers stand for: 18.2 → 18.3.0.
  const beyond = given === 0 ? INFINITE : next(from, given - 1);
  switch (operator) {
    case ">=":
      return [from, INFINITE];
    case ">":
      return [beyond, INFINITE];
    case "<":
      return [ZERO, from];
    case "<=":
      return [ZERO, beyond];
    case "^":
      return [from, given === 0 ? INFINITE : next(from, Math.min(firstNonZero(from), given - 1))];
    case "~":
    case "~>":
      return [from, given === 0 ? INFINITE : next(from, Math.min(1, given - 1))];
    default:
      return [from, beyond];
  }
}

/** The numbers, zero where none is given, and how many are given. */
function parseVersion(text: string): readonly [Version, number] | null {
  const written = text.replace(/^v/, "").split(/[-+]/)[0]?.split(".") ?? [];
  const end = written.findIndex((number) => /^[x*]$/i.test(number));
  const numbers = (end === -1 ? written : written.slice(0, end)).map(Number);
  if (text === "" || numbers.some(Number.isNaN) || numbers.length > 3) return null;
  return [[numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0], numbers.length];
}

/** Counts up one number and sets those behind it to zero. */
function next(version: Version, place: number): Version {
  const [major, minor, patch] = version;
  if (place === 0) return [major + 1, 0, 0];
  return place === 1 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

function firstNonZero(version: Version): number {
  const place = version.findIndex((number) => number > 0);
  return place === -1 ? 2 : place;
}

function contains([from, before]: Span, version: Version): boolean {
  return compare(from, version) <= 0 && compare(version, before) < 0;
}

function compare(a: Version, b: Version): number {
  return Math.sign(a[0] - b[0]) || Math.sign(a[1] - b[1]) || Math.sign(a[2] - b[2]);
}
