/** What an authority says went wrong (RFC 8555, section 6.7), as our errors. Pure. */
import { z } from "zod";
import { IssuanceError, type IssuanceErrorKind } from "../../ports/certificate-authority.ts";

const PREFIX = "urn:ietf:params:acme:error:";
const WORDS_MAX = 400;

const identifierSchema = z.object({ value: z.string() });
const text = z.string().optional().catch(undefined);
const simpleProblemSchema = z.object({
  type: text,
  detail: text,
  identifier: identifierSchema.optional().catch(undefined),
});
export const problemSchema = simpleProblemSchema.extend({
  /** Where a person can do something about it. */
  instance: text,
  subproblems: z.array(simpleProblemSchema).optional().catch(undefined),
});

type SimpleProblem = z.output<typeof simpleProblemSchema>;
export type Problem = z.output<typeof problemSchema>;

/**
 * What was asked when it came: the same word means different things. `challenge`: it is the result of a validation, and not
 * the answer to a request.
 */
export type Asked = "directory" | "account" | "new-order" | "resource" | "challenge";

export interface Refusal {
  /** Of the authority, for people. */
  readonly host: string;
  readonly asked: Asked;
  /** Null where the problem is part of an order or challenge. */
  readonly status: number | null;
  readonly problem: Problem;
  readonly retryAtMs: number | null;
  /** What CAA records call this authority; it need not say. */
  readonly caaIdentities?: readonly string[];
}

export function issuanceError(refusal: Refusal): IssuanceError {
  const kind = kindOf(refusal);
  const words = [wordsOf(refusal), hintOf(kind, refusal)].filter((part) => part !== null).join(" ");
  return new IssuanceError(
    kind,
    `${refusal.host}: ${words}`,
    refusal.retryAtMs === null ? {} : { retryAtMs: refusal.retryAtMs },
  );
}

/** Without the prefix that all of ACME's share. */
export function shortType({ type = "" }: SimpleProblem): string {
  return type.startsWith(PREFIX) ? type.slice(PREFIX.length) : "";
}

/** Text of others in one line that is no longer than a message may be. */
export function plainLine(text: string, max = WORDS_MAX): string {
  const line = text.replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim();
  const points = Array.from(line);
  return points.length <= max ? line : `${points.slice(0, max - 1).join("")}…`;
}

const KINDS: Readonly<Record<string, IssuanceErrorKind>> = {
  rateLimited: "rate-limited",
  serverInternal: "unavailable",
  badNonce: "unavailable",
  caa: "names",
  rejectedIdentifier: "names",
  unsupportedIdentifier: "names",
  dns: "validation",
  connection: "validation",
  tls: "validation",
  incorrectResponse: "validation",
  accountDoesNotExist: "account",
  externalAccountRequired: "account",
  invalidContact: "account",
  unsupportedContact: "account",
  userActionRequired: "account",
  badSignatureAlgorithm: "account",
};

const HINTS: Readonly<Record<string, string>> = {
  externalAccountRequired:
    "It wants an external account: set SLIPWAY_ACME_EAB_KEY_ID and SLIPWAY_ACME_EAB_KEY_FILE to what it gave you.",
  invalidContact: "Set SLIPWAY_ACME_EMAIL to an address that it accepts, or leave it out.",
  unsupportedContact: "Set SLIPWAY_ACME_EMAIL to an address that it accepts, or leave it out.",
  malformed:
    "If it bound the account to an external one: SLIPWAY_ACME_EAB_KEY_ID and the key in SLIPWAY_ACME_EAB_KEY_FILE must be a pair.",
  unauthorized:
    "If it bound the account to an external one: SLIPWAY_ACME_EAB_KEY_ID and the key in SLIPWAY_ACME_EAB_KEY_FILE must be a pair; else the account was deactivated.",
};

function hintOf(kind: IssuanceErrorKind, refusal: Refusal): string | null {
  const { asked, problem } = refusal;
  if (kind === "account") return HINTS[shortType(problem)] ?? null;
  if (kind === "names") return isAboutCaa(problem) ? caaHint(refusal) : NAME_HINT;
  return kind === "other" && asked === "directory"
    ? "Is SLIPWAY_ACME_DIRECTORY the address of its directory?"
    : null;
}

const NAME_HINT =
  "It does not certify such a name: take another name or authority, or import a certificate of your own.";
/** Of an authority that has many. */
const IDENTITIES_TOLD = 3;

function isAboutCaa({ subproblems = [], ...problem }: Problem): boolean {
  return [problem, ...subproblems].some((part) => shortType(part) === "caa");
}

function caaHint({ caaIdentities = [] }: Refusal): string {
  const wished = caaIdentities
    .slice(0, IDENTITIES_TOLD)
    .map((identity) => `0 issue "${plainLine(identity, 100)}"`);
  const example = wished.length === 0 ? "" : ` (${wished.join(" or ")})`;
  return `CAA records of the name, or of the domain above it, have to name this authority${example} or be taken away.`;
}

function kindOf({ status, problem, asked }: Refusal): IssuanceErrorKind {
  if (status === 429) return "rate-limited";
  if (asked === "resource" && (status === 404 || status === 410)) return "gone";
  return kindOfTypes(problem, asked) ?? kindOfStatus(status);
}

/** A problem with several names says little itself: its first part that we understand counts. */
function kindOfTypes(problem: Problem, asked: Asked): IssuanceErrorKind | null {
  const parts = [problem, ...(problem.subproblems ?? [])];
  return parts.map((part) => kindOfType(part, asked)).find((kind) => kind !== null) ?? null;
}

function kindOfType(problem: SimpleProblem, asked: Asked): IssuanceErrorKind | null {
  const type = shortType(problem);
  switch (type) {
    case "unauthorized":
      return UNAUTHORIZED[asked];
    // The signature was good enough for an account: it is the names that are not.
    case "malformed":
      return asked === "new-order" ? "names" : asked === "account" ? "account" : null;
    case "badPublicKey":
      return asked === "account" ? "account" : null;
    default:
      return KINDS[type] ?? null;
  }
}

const UNAUTHORIZED: Readonly<Record<Asked, IssuanceErrorKind>> = {
  directory: "other",
  account: "account",
  "new-order": "account",
  // An order of another account. Were the account refused, the next order would say so.
  resource: "gone",
  challenge: "validation",
};

function kindOfStatus(status: number | null): IssuanceErrorKind {
  if (status === null) return "other";
  return status >= 500 || status === 408 ? "unavailable" : "other";
}

function wordsOf({ status, problem }: Refusal): string {
  const parts = problem.subproblems ?? [];
  const details = parts.length > 0 ? parts : [problem];
  const words = details.map(describe).filter((text) => text !== "");
  const said = plainLine(words.join("; ") || describe(problem) || (problem.type ?? ""));
  const instance = problem.instance === undefined ? "" : ` (${plainLine(problem.instance, 200)})`;
  return sentence((said || `answered with HTTP ${status ?? "an error"}`) + instance);
}

function describe({ detail = "", identifier }: SimpleProblem): string {
  return identifier === undefined ? detail : `${identifier.value}: ${detail}`;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
