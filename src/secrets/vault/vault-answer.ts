/** What Vault answers, in words for people: why a value cannot be had. Vault's own words are not passed on, for they may quote. */
export type VaultProblem =
  | "refused" // 403
  | "missing" // 404
  | "sealed" // 503
  | "standby" // 429, 472, 473
  | "unreachable"
  | "late"
  | "untrusted" // the certificate
  | "broken"; // anything else

/** Of a call to Vault. */
export class VaultError extends Error {
  override readonly name = "VaultError";
  readonly problem: VaultProblem;

  constructor(problem: VaultProblem, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.problem = problem;
  }
}

export interface VaultAnswer {
  readonly status: number;
  readonly body: unknown;
}

const STANDBY = new Set([429, 472, 473]);

/** Null: it is an answer. A 404 may be one as well: that of a version which was deleted. */
export function problemOfStatus(status: number): VaultProblem | null {
  if (status < 300) return null;
  if (status === 403) return "refused";
  if (status === 404) return "missing";
  if (status === 503) return "sealed";
  return STANDBY.has(status) ? "standby" : "broken";
}

/** Codes of Node's for certificates that are not trusted. */
const UNTRUSTED = /CERT|SELF_SIGNED|ISSUER|ALTNAME/;

export function problemOfFailure(error: unknown): VaultProblem {
  const { code = "", name = "" } = error as { readonly code?: string; readonly name?: string };
  if (name === "TimeoutError" || name === "AbortError" || code === "ABORT_ERR") return "late";
  return UNTRUSTED.test(code) ? "untrusted" : "unreachable";
}

/** Half sentences behind "Vault at <address>". */
export const PROBLEM_TEXTS: Readonly<Record<VaultProblem, string>> = {
  refused: "refuses the read: its token has no policy for this path, or has expired",
  missing: "has nothing at this path",
  sealed: "is sealed or in maintenance: unseal it",
  standby: "is a standby that does not answer: name the active one, or the load balancer",
  unreachable: "cannot be reached",
  late: "does not answer in time",
  untrusted: "shows a certificate that is not trusted: name its authority with vaultCaFile",
  broken: "answers with an error",
};
