/** Domains and certificates as our own operations tell them: with what is missing, and until when they are good. */
import type * as Wire from "../../contract/index.ts";
import { type Certificate, domainSubject } from "../../domain/certificate.ts";
import type { CustomDomain } from "../../domain/custom-domain.ts";
import type { RecordCheck } from "../../domain/record-check.ts";
import type { Service } from "../../domain/service.ts";
import type { Tables } from "../../ports/store.ts";
import { toDate } from "./time.ts";

export async function domainToWire(
  domain: CustomDomain,
  service: Service,
  store: Pick<Tables, "issuances" | "certificates">,
): Promise<Wire.Domain> {
  const issuance = await store.issuances.get(domainSubject(domain.name));
  const { certificateId = null, renewAtMs = null } = issuance ?? {};
  const certificate = certificateId === null ? null : await store.certificates.get(certificateId);
  const problem = domain.problem ?? issuance?.problem ?? null;
  // Zero: at once, or nothing has to be tried.
  const isWaiting = problem !== null && issuance !== null && issuance.nextAttemptMs > 0;
  return {
    DomainName: domain.name,
    ServiceArn: service.arn,
    ServiceName: service.name,
    EnableWWWSubdomain: domain.enableWwwSubdomain,
    Status: domain.status,
    DnsTarget: service.host,
    Records: domain.records.map(recordToWire),
    ...(problem !== null && { Problem: problem }),
    ...(domain.checkedAtMs !== null && { CheckedAt: toDate(domain.checkedAtMs) }),
    ...(certificate !== null && { Certificate: certificateToWire(certificate) }),
    ...(renewAtMs !== null && { RenewAt: toDate(renewAtMs) }),
    ...(problem !== null &&
      issuance?.attemptedAtMs !== undefined && { LastAttemptAt: toDate(issuance.attemptedAtMs) }),
    ...(isWaiting && { NextAttemptAt: toDate(issuance.nextAttemptMs) }),
  };
}

export function certificateToWire(certificate: Certificate): Wire.CertificateSummary {
  return {
    CertificateId: certificate.id,
    Origin: certificate.origin,
    Names: certificate.names,
    Issuer: certificate.issuer,
    Fingerprint: certificate.fingerprint,
    NotBefore: toDate(certificate.notBeforeMs),
    NotAfter: toDate(certificate.notAfterMs),
  };
}

function recordToWire(record: RecordCheck): Wire.Domain["Records"][number] {
  return {
    DomainName: record.domainName,
    Purpose: record.purpose,
    Name: record.recordName,
    Type: record.type,
    Expected: record.expected,
    Seen: record.seen,
    Verdict: record.verdict,
    ...(record.problem !== null && { Problem: record.problem }),
  };
}
