/** A custom domain: a name of the user's that leads to a service, and what is known of it. */
import type { RecordCheck } from "./record-check.ts";
import { type StateTable, transition } from "./state-table.ts";

/**
 * Lower case on the wire, as App Runner really sends it (Terraform waits for exactly these).
 *
 * | status                            | may become                                                        |
 * |-----------------------------------|-------------------------------------------------------------------|
 * | creating                          | pending_certificate_dns_validation, binding_certificate, create_failed, deleting |
 * | pending_certificate_dns_validation | binding_certificate, create_failed, deleting                     |
 * | binding_certificate               | active, pending_certificate_dns_validation, create_failed, deleting |
 * | active                            | deleting                                                          |
 * | create_failed                     | pending_certificate_dns_validation, binding_certificate, deleting (checked again) |
 * | deleting                          | delete_failed (or the row goes)                                   |
 * | delete_failed                     | deleting                                                          |
 *
 * A domain that was active stays so when its renewal fails: what is wrong is told beside it.
 */
export const customDomainStatusTable = {
  creating: ["pending_certificate_dns_validation", "binding_certificate", "create_failed", "deleting"],
  pending_certificate_dns_validation: ["binding_certificate", "create_failed", "deleting"],
  binding_certificate: ["active", "pending_certificate_dns_validation", "create_failed", "deleting"],
  active: ["deleting"],
  create_failed: ["pending_certificate_dns_validation", "binding_certificate", "deleting"],
  deleting: ["delete_failed"],
  delete_failed: ["deleting"],
} as const satisfies StateTable<CustomDomainStatus>;

export type CustomDomainStatus =
  | "creating"
  | "create_failed"
  | "pending_certificate_dns_validation"
  | "binding_certificate"
  | "active"
  | "deleting"
  | "delete_failed";

export function toCustomDomainStatus(from: CustomDomainStatus, to: CustomDomainStatus): CustomDomainStatus {
  return transition<CustomDomainStatus>("custom domain", customDomainStatusTable, from, to);
}

export interface CustomDomain {
  readonly serviceId: string;
  /** Lower case, ASCII, without a dot at the end; `*.` at the front for a wildcard. Unique in the installation. */
  readonly name: string;
  readonly enableWwwSubdomain: boolean;
  readonly status: CustomDomainStatus;
  /** 32 hex: the name under the challenge zone that `_acme-challenge.<name>` has to lead to. One for each name. */
  readonly challengeLabels: Readonly<Record<string, string>>;
  /** Why it is not active, or what endangers it: one sentence. */
  readonly problem: string | null;
  /** The last look at its records; empty before the first. */
  readonly records: readonly RecordCheck[];
  readonly checkedAtMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** The names it stands for: itself, and its `www` when that was asked for. */
export function namesOf({
  name,
  enableWwwSubdomain,
}: Pick<CustomDomain, "name" | "enableWwwSubdomain">): readonly string[] {
  return enableWwwSubdomain && !isWildcard(name) ? [name, `www.${name}`] : [name];
}

export function isWildcard(name: string): boolean {
  return name.startsWith("*.");
}

/** Where the CA looks: the same for a domain and its wildcard. */
export function challengeName(name: string): string {
  return `_acme-challenge.${isWildcard(name) ? name.slice(2) : name}`;
}
