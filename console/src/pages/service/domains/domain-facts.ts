/** What is to be known of a custom domain, without a page around it: how far it is, and its records as a zone file. */
import type { Output } from "../../../api/wire.ts";

export type Domain = Output<"Slipway.ListDomains">["Domains"][number];
export type DomainRecord = Domain["Records"][number];

export type StepName = "records" | "validation" | "certificate" | "handshake" | "active";
export type StepState = "done" | "doing" | "waiting" | "failed" | "skipped" | "todo";

export interface DomainStep {
  readonly name: StepName;
  readonly state: StepState;
}

/** The way of a name to its first answer over HTTPS. */
export function domainSteps(domain: Domain): readonly DomainStep[] {
  return STEPS.map((name) => ({ name, state: STATES[name](domain) }));
}

const STEPS = ["records", "validation", "certificate", "handshake", "active"] as const;

const STATES: Readonly<Record<StepName, (domain: Domain) => StepState>> = {
  records: (domain) => {
    if (domain.CheckedAt === undefined) return "doing";
    return domain.Records.some(isAmiss) ? "waiting" : "done";
  },
  validation: (domain) => {
    if (isUnproven(domain)) return "skipped";
    if (isServed(domain)) return "done";
    if (domain.CheckedAt === undefined) return "todo";
    return domain.Records.some(isAmiss) ? "waiting" : "done";
  },
  certificate: (domain) => {
    if (isServed(domain)) return "done";
    if (domain.Status === "create_failed") return "failed";
    if (domain.CheckedAt === undefined || domain.Records.some(isAmiss)) return "todo";
    return "doing";
  },
  handshake: ({ Status: status }) => {
    if (status === "active") return "done";
    return status === "binding_certificate" ? "doing" : "todo";
  },
  active: (domain) => {
    if (domain.Status !== "active") return "todo";
    return isFound(domain) ? "done" : "waiting";
  },
};

/** From the binding on a handshake gets its certificate. */
export function isServed({ Status: status }: Domain): boolean {
  return status === "active" || status === "binding_certificate";
}

/** Only a public authority asks whose name it is. */
function isUnproven({ Certificate: certificate }: Domain): boolean {
  return certificate !== undefined && certificate.Origin !== "acme";
}

/** Nothing known says that its records lead elsewhere, or nowhere. */
export function isFound({ Records: records }: Pick<Domain, "Records">): boolean {
  return !records.some((record) => record.Purpose === "traffic" && isAmiss(record));
}

/** Whether somebody has to do something about it. */
export function isAmiss({ Verdict: verdict }: Pick<DomainRecord, "Verdict">): boolean {
  return verdict !== "right" && verdict !== "needless";
}

/** While anything of it is to change by itself. */
export function isMoving({ Status: status }: Domain): boolean {
  return status !== "active" && status !== "delete_failed";
}

export type ProblemKind = "endangered" | "refused" | "records" | "certificate";

/** What the problem is about, for a heading over it. */
export function problemKind({ Status: status, Records: records }: Domain): ProblemKind {
  if (status === "active") return "endangered";
  if (status === "create_failed") return "refused";
  return records.some(isAmiss) ? "records" : "certificate";
}

/** Before the first look only where the name must lead is known. */
export function recordsToSet(
  domain: Domain,
): readonly (DomainRecord | Omit<DomainRecord, "Seen" | "Verdict">)[] {
  if (domain.Records.length > 0) return domain.Records;
  const names = domain.EnableWWWSubdomain
    ? [domain.DomainName, `www.${domain.DomainName}`]
    : [domain.DomainName];
  return names.map((name) => ({
    DomainName: name,
    Purpose: "traffic",
    Name: name,
    Type: "CNAME",
    Expected: domain.DnsTarget,
  }));
}

type RecordToSet = Pick<DomainRecord, "Name" | "Type" | "Expected">;

/** Lines that DNS providers import. An alias that no standard has becomes a remark. */
export function zoneFile(records: readonly RecordToSet[]): string {
  return `${records.flatMap(zoneLines).join("\n")}\n`;
}

const TIME_TO_LIVE_S = 300;

function zoneLines({ Name: name, Type: type, Expected: expected }: RecordToSet): readonly string[] {
  const line = (kind: string, value: string) => `${name}. ${TIME_TO_LIVE_S} IN ${kind} ${value}`;
  if (type === "CNAME") return [line("CNAME", `${expected}.`)];
  const addresses = expected.split(", ").filter(isAddress);
  if (addresses.length === 0) return [`; ${name}. ALIAS ${expected}.`];
  return addresses.map((address) => line(address.includes(":") ? "AAAA" : "A", address));
}

function isAddress(text: string): boolean {
  return text.includes(":") || /^\d+(?:\.\d+){3}$/.test(text);
}

export type NameProblem = "invalid" | "tooShort";

/** What was pasted, as a name: an address loses what is around it. */
export function toDomainName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/[/:].*$/, "")
    .replace(/\.$/, "");
}

/** Null: nothing is surely wrong. The API knows more. */
export function nameProblem(name: string): NameProblem | null {
  const bare = name.replace(/^\*\./, "");
  if (!/^[a-z0-9.-]*$/.test(bare)) return "invalid";
  return bare.split(".").filter((label) => label !== "").length < 2 ? "tooShort" : null;
}
