/** Lines of a service's event log about its custom domains and their certificates. All [ours]. */
import type { CertificateOrigin } from "./certificate.ts";
import type { CustomDomainStatus } from "./custom-domain.ts";

export const domainEventLine = {
  associated: (name: string) => `Custom domain ${name} is being associated.`,
  statusSet: (name: string, status: CustomDomainStatus) => `Custom domain ${name} is ${STATUS[status]}.`,
  troubled: (name: string, problem: string) => `Custom domain ${name}: ${problem}`,
  healed: (name: string) => `Custom domain ${name}: all is well again.`,
  certified: (name: string, origin: CertificateOrigin, untilDay: string) =>
    `Custom domain ${name} is served with ${ORIGIN[origin]}, good until ${untilDay}.`,
  removed: (name: string) => `Custom domain ${name} does not lead to this service any more.`,
} as const;

const STATUS: Readonly<Record<CustomDomainStatus, string>> = {
  creating: "being associated",
  create_failed: "not possible as things are",
  pending_certificate_dns_validation: "waiting for its certificate",
  binding_certificate: "getting its certificate bound",
  active: "active",
  deleting: "being taken away",
  delete_failed: "not taken away yet",
};

const ORIGIN: Readonly<Record<CertificateOrigin, string>> = {
  acme: "a certificate of the authority",
  imported: "the imported certificate",
  local:
    "a certificate of this installation's own making, which clients do not trust by themselves: import one, or set acmeDirectory",
};
