/** Why no answer came, in a sentence that says what would be right. Pure. */
import { IssuanceError } from "../../ports/certificate-authority.ts";

/** Clocks that differ by less agree. */
const CLOCK_DIFFERENCE_MIN_MS = 5 * 60_000;

const TLS_TIME = new Set(["CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED"]);
const TLS_TRUST = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_SIGNATURE_FAILURE",
]);

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection broke off",
  EPIPE: "the connection broke off",
  ENOTFOUND: "its name does not resolve",
  EAI_AGAIN: "its name cannot be resolved now",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ETIMEDOUT: "it does not answer",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** The authority's own certificate is said to be of another time. */
export function isAboutTime(error: unknown): boolean {
  return TLS_TIME.has(codeOf(error));
}

export function networkFailure(host: string, error: unknown): IssuanceError {
  const reason = TLS_TRUST.has(codeOf(error))
    ? "its certificate is not of an authority that is trusted here: give the root in SLIPWAY_ACME_CA_FILE"
    : (REASONS[codeOf(error)] ?? (error instanceof Error ? error.message : String(error)));
  return new IssuanceError("unavailable", `${host} cannot be asked: ${reason}.`, { cause: error });
}

/** `theirMs`: what the authority's own clock says, read without trusting it; null when it did not say. */
export function timeFailure(
  host: string,
  error: unknown,
  { nowMs, theirMs }: { readonly nowMs: number; readonly theirMs: number | null },
): IssuanceError {
  const state = codeOf(error) === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet";
  const ours = new Date(nowMs).toISOString();
  if (theirMs === null) {
    const message = `${host}: its certificate ${state} by this machine's clock, which says ${ours}. Set the clock right.`;
    return new IssuanceError("clock", message, { cause: error });
  }
  const differenceMs = nowMs - theirMs;
  if (Math.abs(differenceMs) < CLOCK_DIFFERENCE_MIN_MS) {
    const message = `${host} cannot be asked: its own certificate ${state}, and its clock agrees with ours.`;
    return new IssuanceError("unavailable", message, { cause: error });
  }
  const message =
    `${host}: its certificate ${state} by this machine's clock, which says ${ours} and is ` +
    `${duration(Math.abs(differenceMs))} ${differenceMs < 0 ? "behind" : "ahead of"} the authority's. Set the clock right.`;
  return new IssuanceError("clock", message, { cause: error });
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
