/** What the keeper is given: its ports, and what the operator chose. */
import type { Tag } from "../domain/tag.ts";
import type { CertificateAuthority } from "../ports/certificate-authority.ts";
import type { ChallengeZone } from "../ports/challenge-zone.ts";
import type { Clock, IdSource } from "../ports/clock.ts";
import type { DomainLookup } from "../ports/domain-lookup.ts";
import type { EdgeTls } from "../ports/edge-tls.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import type { CertificateTools } from "./certificate-tools.ts";
import type { TransportWish } from "./name-entry.ts";

export interface DomainPorts {
  readonly store: Store;
  readonly edge: EdgeTls;
  readonly lookup: DomainLookup;
  /** Null: proofs by HTTP only. */
  readonly zone: ChallengeZone | null;
  /** Null: certificates come from users or from the installation's own authority. */
  readonly authority: CertificateAuthority | null;
  readonly tools: CertificateTools;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: IdSource;
}

export interface DomainOptions {
  /** The platform's own names are below `<region>.<base domain>`. */
  readonly region: string;
  readonly baseDomain: string;
  /** Custom domains of a service. */
  readonly domainQuota: number;
  readonly httpsRedirect: "auto" | "on" | "off";
  /** What the tags of a service wish for its names. */
  readonly transportOf: (tags: readonly Tag[]) => TransportWish;
}
