/**
 * The name map: name, or `*.` and a name → `own-host/redirect/31536000`, the last empty without HSTS; and the challenge map:
 * path → what is answered there. Values become part of commands, so everything is checked by patterns.
 */
import { SlipwayError } from "../domain/error.ts";
import type { NameEntry } from "../ports/edge-tls.ts";
import { isHostName, mapKey } from "./host-map.ts";

const WILDCARD = "*.";
const MAX_AGE_S = 10 * 365 * 24 * 3_600;
const VALUE = /^([^/]+)\/(redirect|serve)\/(\d{0,9})$/;
const CHALLENGE_DIRECTORY = "/.well-known/acme-challenge/";
/** RFC 8555: at least 128 bits as base64url, so 22 letters; of a key authorization two words of them. */
const TOKEN = /^[A-Za-z0-9_-]{22,256}$/;
const KEY_AUTHORIZATION = /^[A-Za-z0-9_.-]{1,512}$/;

/** The name as the map holds it. Throws InvalidParameter. */
export function nameKey(name: string): string {
  return name.startsWith(WILDCARD) ? WILDCARD + mapKey(name.slice(WILDCARD.length)) : mapKey(name);
}

/** The entry as the map holds it. Throws InvalidParameter. */
export function checkedName(entry: NameEntry): NameEntry {
  const { hstsMaxAgeS } = entry;
  const isAge = hstsMaxAgeS === null || (Number.isInteger(hstsMaxAgeS) && hstsMaxAgeS >= 0);
  if (isAge && Number(hstsMaxAgeS) <= MAX_AGE_S) return { ...entry, host: mapKey(entry.host) };
  throw new SlipwayError("InvalidParameter", {
    path: "hstsMaxAgeS",
    problem: `${hstsMaxAgeS} is not a number of seconds`,
  });
}

export function formatName({ host, onHttp, hstsMaxAgeS }: NameEntry): string {
  return `${host}/${onHttp}/${hstsMaxAgeS ?? ""}`;
}

/** What a name map's file says, and the lines that say nothing we understand. */
export function parseNameMap(text: string): {
  readonly entries: Map<string, NameEntry>;
  readonly broken: readonly string[];
} {
  const entries = new Map<string, NameEntry>();
  const broken: string[] = [];
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const [name = "", value = "", ...rest] = line.split(" ");
    const entry = rest.length === 0 && isName(name) ? parseName(value) : null;
    if (entry === null) broken.push(line);
    else entries.set(name, entry);
  }
  return { entries, broken };
}

function isName(name: string): boolean {
  return isHostName(name.startsWith(WILDCARD) ? name.slice(WILDCARD.length) : name);
}

function parseName(value: string): NameEntry | null {
  const [, host = "", onHttp, age = ""] = VALUE.exec(value) ?? [];
  if (!isHostName(host)) return null;
  return {
    host,
    onHttp: onHttp === "serve" ? "serve" : "redirect",
    hstsMaxAgeS: age === "" ? null : Number(age),
  };
}

/** The path of a challenge. Throws InvalidParameter. */
export function challengePath(token: string): string {
  return CHALLENGE_DIRECTORY + checked(token, TOKEN, "token");
}

export function challengeToken(path: string): string {
  return path.slice(CHALLENGE_DIRECTORY.length);
}

/** Throws InvalidParameter. */
export function checkedAuthorization(text: string): string {
  return checked(text, KEY_AUTHORIZATION, "keyAuthorization");
}

function checked(text: string, pattern: RegExp, path: string): string {
  if (pattern.test(text)) return text;
  throw new SlipwayError("InvalidParameter", { path, problem: "has other characters than such a text" });
}

/** Lines that are not ours are left out: an authority asks again. */
export function parseChallenges(text: string): Map<string, string> {
  const rows = text.split("\n").map((line) => line.split(" "));
  const isOurs = ([path = "", answer = "", ...rest]: readonly string[]): boolean =>
    rest.length === 0 &&
    path.startsWith(CHALLENGE_DIRECTORY) &&
    TOKEN.test(path.slice(CHALLENGE_DIRECTORY.length)) &&
    KEY_AUTHORIZATION.test(answer);
  return new Map(rows.filter(isOurs).map(([path = "", answer = ""]) => [path, answer]));
}
