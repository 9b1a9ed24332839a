/** How a custom domain stands, in a word. */
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { domains as texts } from "../../../texts.ts";
import { type Domain, isAmiss, isFound } from "./domain-facts.ts";

const LOOKS = {
  creating: "in-progress",
  create_failed: "error",
  active: "success",
  deleting: "in-progress",
  delete_failed: "error",
  pending_certificate_dns_validation: "pending",
  binding_certificate: "in-progress",
} as const satisfies Record<string, StatusIndicatorProps.Type>;

export function DomainStatus({ domain }: { readonly domain: Domain }) {
  const status = domain.Status as keyof typeof LOOKS;
  const isEndangered = status === "active" && (domain.Problem !== undefined || !isFound(domain));
  return (
    <StatusIndicator type={isEndangered ? "warning" : LOOKS[status]}>{statusText(domain)}</StatusIndicator>
  );
}

function statusText({ Status, CheckedAt, Records }: Domain): string {
  const status = Status as keyof typeof LOOKS;
  const hasAllRecords = CheckedAt !== undefined && !Records.some(isAmiss);
  if (status === "pending_certificate_dns_validation" && hasAllRecords) return texts.waitsForCertificate;
  return texts.statuses[status];
}
