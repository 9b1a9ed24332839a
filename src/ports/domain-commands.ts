/** The commands on custom domains: what the API asks of `domains/`. Each records the wish and returns; the work goes on behind it. */
import type { Certificate } from "../domain/certificate.ts";
import type { CustomDomain } from "../domain/custom-domain.ts";

export interface DomainCommands {
  /** Throws InvalidParameter, DomainTaken, QuotaExceeded, ServiceBusy (only in RUNNING). */
  associate(request: {
    readonly serviceId: string;
    /** As the user wrote it. */
    readonly domainName: string;
    readonly enableWwwSubdomain: boolean;
  }): Promise<CustomDomain>;
  /** The reply says `deleting`. Throws NoSuchResource, ServiceBusy. */
  disassociate(request: { readonly serviceId: string; readonly domainName: string }): Promise<CustomDomain>;
  /** Looks at its records now, tries again what waits, and returns once that is known. Throws NoSuchResource. */
  checkNow(domainName: string, signal: AbortSignal): Promise<CustomDomain>;
  /**
   * A certificate of the user's own, checked (key, order of the chain, names, time). Served for every domain whose names it
   * covers. Throws InvalidParameter that names the member and what would be right.
   */
  importCertificate(request: {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
    readonly chainPem: string | null;
    /** Replaces this one; null adds one. */
    readonly certificateId: string | null;
  }): Promise<Certificate>;
  /** Throws NoSuchResource, or ResourceInUse while a domain has no other certificate. */
  deleteCertificate(certificateId: string): Promise<void>;
  /** The records that the user has to set for a domain, as App Runner's CertificateValidationRecords. */
  validationRecords(domain: CustomDomain): readonly ValidationRecord[];
  /** Certificate of the installation's own authority, in PEM. */
  localAuthorityPem(): string;
}

export interface ValidationRecord {
  /** With a dot at the end. */
  readonly name: string;
  readonly value: string;
  readonly status: "PENDING_VALIDATION" | "SUCCESS" | "FAILED";
}
