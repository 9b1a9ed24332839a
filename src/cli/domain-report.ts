/** What is to be told of a custom domain: how it stands, what is missing, until when its certificate is good. */
import type { CertificateSummary } from "../contract/slipway-operations.ts";
import type { Wire } from "./client.ts";
import type { KnownDomain } from "./domain-reference.ts";
import type { CliIo } from "./io.ts";
import { paint, printable } from "./style.ts";
import { renderTable } from "./table.ts";
import { formatAgo, formatDuration } from "./time.ts";

/** Of names that are not looked at yet nothing else is known. */
export function waitsForRecords({ CheckedAt, Records }: Pick<KnownDomain, "CheckedAt" | "Records">): boolean {
  return CheckedAt === undefined || Records.length === 0 || Records.some(isMissing);
}

function isMissing({ Verdict }: KnownDomain["Records"][number]): boolean {
  return Verdict !== "right" && Verdict !== "needless";
}

/** Of one that is served here: whether requests find it is not known before somebody has looked, and got an answer. */
export function leadsHere({ CheckedAt, Records }: KnownDomain): "yes" | "no" | "unknown" {
  const traffic = Records.filter(({ Purpose }) => Purpose === "traffic");
  const missing = traffic.filter(isMissing);
  if (missing.some(({ Verdict }) => Verdict !== "unreachable")) return "no";
  return CheckedAt === undefined || missing.length > 0 ? "unknown" : "yes";
}

/** The records to set, when any is; else nothing. */
export function missingRecords(io: CliIo, { Records: records }: KnownDomain): readonly string[] {
  const missing = records.filter(isMissing);
  if (missing.length === 0) return [];
  return renderTable(missing, [
    { title: paint(io, "dim", "RECORD"), cell: ({ Name }) => Name },
    { title: paint(io, "dim", "TYPE"), cell: ({ Type }) => Type },
    { title: paint(io, "dim", "SHOULD BE"), cell: ({ Expected }) => Expected },
    { title: paint(io, "dim", "IS NOW"), cell: ({ Seen }) => printable(Seen.join(", ")) || "nothing" },
  ]);
}

/** A domain in full, line by line. */
export function describeDomain(io: CliIo, domain: KnownDomain): readonly string[] {
  const { DomainName, ServiceName, Problem, Certificate, CheckedAt } = domain;
  const nowMs = io.now();
  const untrusted = untrustedText(domain);
  return [
    `${DomainName} → ${ServiceName}: ${statusText(domain)}`,
    ...(Problem === undefined ? [] : [`  ${printable(Problem)}`]),
    ...missingRecords(io, domain).map((line) => `  ${line}`),
    ...(Certificate === undefined ? [] : [`  Certificate: ${certificateText(Certificate, nowMs)}`]),
    ...(untrusted === null ? [] : [`  ${untrusted}`]),
    ...(CheckedAt === undefined ? [] : [`  Looked at ${formatAgo(CheckedAt, nowMs)}.`]),
    ...attemptLines(domain, nowMs),
  ];
}

/** When the authority was asked last, and when it may be again. */
function attemptLines(
  { LastAttemptAt: last, NextAttemptAt: next }: KnownDomain,
  nowMs: number,
): readonly string[] {
  const asked = last === undefined ? [] : [`  The authority was asked ${formatAgo(last, nowMs)}.`];
  if (next === undefined || next * 1000 <= nowMs) return asked;
  return [...asked, `  Next try in ${formatDuration(next * 1000 - nowMs)}.`];
}

/** App Runner's words, as people read them. */
export function statusText(domain: Pick<KnownDomain, "Status" | "CheckedAt" | "Records">): string {
  const { Status: status } = domain;
  const texts: Readonly<Record<string, string>> = {
    pending_certificate_dns_validation: waitsForRecords(domain)
      ? "waits for DNS"
      : "waits for its certificate",
    binding_certificate: "binds its certificate",
    create_failed: "failed",
    delete_failed: "could not be removed",
  };
  return texts[status] ?? status;
}

function certificateText(certificate: Wire<CertificateSummary>, nowMs: number): string {
  return `by ${printable(certificate.Issuer)}, ${validity(certificate, nowMs)}`;
}

export function validity({ NotAfter, Origin }: Wire<CertificateSummary>, nowMs: number): string {
  const leftMs = NotAfter * 1000 - nowMs;
  const validity = leftMs <= 0 ? "expired" : `good for ${formatDuration(leftMs)}`;
  return Origin === "local" ? `${validity}, not public` : validity;
}

/** What to know of a certificate that clients refuse; null for others. */
export function untrustedText({ Certificate }: KnownDomain): string | null {
  if (Certificate?.Origin !== "local") return null;
  return "Its certificate is made here, and clients do not trust it: import one (slipway certs import), or set an authority (SLIPWAY_ACME_DIRECTORY). `slipway trust` does not help here: it is for names below the base domain.";
}
