/** What can be done for a subject: one small idempotent act each. */
import type { CustomDomainStatus } from "../domain/custom-domain.ts";

export type Step =
  /** The domain's row says so from now on. */
  | { readonly name: "settle"; readonly status: CustomDomainStatus; readonly problem: string | null }
  /** The issuance's row says which certificate serves, and when it is to be replaced. */
  | { readonly name: "adopt"; readonly certificateId: string; readonly renewAtMs: number | null }
  | { readonly name: "issueLocally" }
  /** Looks at the records, and at how the names can be proven. */
  | { readonly name: "look" }
  | { readonly name: "placeOrder" }
  /** Reads the order and does what it needs next. */
  | { readonly name: "advanceOrder" }
  | { readonly name: "giveUpOrder" }
  | { readonly name: "loadCertificate"; readonly certificateId: string }
  | { readonly name: "setNames" }
  /** Looks by handshakes at what is really served. */
  | { readonly name: "verify" }
  | { readonly name: "warn" }
  | { readonly name: "askRenewal" }
  /** A domain that is being taken away: its names, then its row. */
  | { readonly name: "release" }
  /** Of what nobody uses any more: the issuance's row. */
  | { readonly name: "forget" }
  | { readonly name: "rest"; readonly untilMs: number };

export type Act = Exclude<Step, { readonly name: "rest" }>;
