/**
 * An authority that certifies names (RFC 8555). Each call is one step that can be asked again after a crash: what must be
 * remembered in between is the order's address and the key. Implementation: `domains/acme/`, for any ACME directory.
 */
export interface CertificateAuthority {
  /** Address of the directory: an order belongs to it. */
  readonly directoryUrl: string;
  /** Places an order. Throws IssuanceError. */
  placeOrder(wish: CertificateWish, signal: AbortSignal): Promise<{ readonly orderUrl: string }>;
  /** How far it is, and what is still to be proven: nothing for names that the authority knows to be ours. */
  readOrder(orderUrl: string, signal: AbortSignal): Promise<OrderState>;
  /** Asks the authority to look at a challenge whose answer is in place. */
  acceptChallenge(challengeUrl: string, signal: AbortSignal): Promise<void>;
  /** Sends the request for the certificate of an order that is ready. The key stays here. */
  finalize(
    order: { readonly orderUrl: string; readonly names: readonly string[]; readonly keyPem: string },
    signal: AbortSignal,
  ): Promise<void>;
  /** The chain of a valid order: leaf first. */
  download(orderUrl: string, signal: AbortSignal): Promise<{ readonly chainPem: string }>;
  /** When the authority wishes a certificate to be renewed (ARI, RFC 9773); null when it does not say. */
  renewalWindow(chainPem: string, signal: AbortSignal): Promise<RenewalWindow | null>;
}

export interface CertificateWish {
  /** Wildcards as `*.…`. */
  readonly names: readonly string[];
  /** The certificate that it is to follow: authorities let renewals pass before others. Null for a first one. */
  readonly replacedPem: string | null;
}

export interface OrderState {
  readonly status: "pending" | "ready" | "processing" | "valid" | "invalid";
  /** One for each name that is not proven yet. */
  readonly challenges: readonly NameChallenge[];
  /** Of an invalid order: why, as the authority said. */
  readonly problem: IssuanceError | null;
}

export interface NameChallenge {
  /** Without `*.`. */
  readonly name: string;
  readonly isWildcard: boolean;
  /** The authority is looking already. */
  readonly isAccepted: boolean;
  /** What it offers; null for a kind it does not offer for this name. */
  readonly http: { readonly url: string; readonly token: string; readonly keyAuthorization: string } | null;
  /** The text for a TXT record at `_acme-challenge.<name>`. */
  readonly dns: { readonly url: string; readonly text: string } | null;
}

export interface RenewalWindow {
  readonly startMs: number;
  readonly endMs: number;
  /** When to ask again. */
  readonly askAgainMs: number;
}

/**
 * `rate-limited`, `unavailable`: later. `names`: the authority will not certify a name (CAA, forbidden, malformed).
 * `validation`: it looked and did not find the proof. `account`: account or key is refused. `gone`: it does not know the
 * order (any longer). `clock`: it says that our time is wrong.
 */
export type IssuanceErrorKind =
  | "rate-limited"
  | "unavailable"
  | "names"
  | "validation"
  | "account"
  | "gone"
  | "clock"
  | "other";

export class IssuanceError extends Error {
  override readonly name = "IssuanceError";
  readonly kind: IssuanceErrorKind;
  /** Not before; null when the authority did not say. Epoch milliseconds. */
  readonly retryAtMs: number | null;

  constructor(
    kind: IssuanceErrorKind,
    message: string,
    options: { readonly retryAtMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.retryAtMs = options.retryAtMs ?? null;
  }
}
