/** A record of the audit trail, as far as the page shows its parts. The rest stays text. */
import type { Output } from "../../api/wire.ts";

export type AuditEvent = Output<"Slipway.LookupEvents">["Events"][number];

export interface AuditRecord {
  readonly event: AuditEvent;
  /** Null: not proven to be anybody. */
  readonly principalArn: string | null;
  /** Whose policies decide: the role's of a session; null: root's call, or nobody's. */
  readonly policiesOf: string | null;
  readonly address: string;
  readonly client: string;
  /** Null: it was done. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly parameters: unknown;
  readonly answer: unknown;
  readonly changedMembers: readonly string[];
  readonly sequence: number | null;
  readonly durationMs: number | null;
}

type Json = Readonly<Record<string, unknown>>;

export function readRecord(event: AuditEvent): AuditRecord {
  const told = parse(event.CloudTrailEvent);
  const identity = objectAt(told, "userIdentity");
  const extra = objectAt(told, "additionalEventData");
  const code = textAt(told, "errorCode");
  const members = extra["changedMembers"];
  return {
    event,
    principalArn: textAt(identity, "arn"),
    policiesOf: policiesOf(identity),
    address: textAt(told, "sourceIPAddress") ?? "",
    client: textAt(told, "userAgent") ?? "",
    error: code === null ? null : { code, message: textAt(told, "errorMessage") ?? "" },
    parameters: told["requestParameters"] ?? null,
    answer: told["responseElements"] ?? null,
    changedMembers: Array.isArray(members) ? members.map(String) : [],
    sequence: numberAt(extra, "sequence"),
    durationMs: numberAt(extra, "durationMs"),
  };
}

/** Of a refusal for want of a policy: what the policy tester is to be asked. Null: that is not why it was refused. */
export function refusedQuestion({ error, policiesOf: principal }: AuditRecord) {
  if (principal === null || !error?.code.startsWith("AccessDenied")) return null;
  const [, action, resource] = /perform: (\S+) on resource: (\S+)/.exec(error.message) ?? [];
  return action === undefined || resource === undefined ? null : { principal, action, resource };
}

function policiesOf(identity: Json): string | null {
  if (identity["type"] === "AssumedRole") {
    return textAt(objectAt(objectAt(identity, "sessionContext"), "sessionIssuer"), "arn");
  }
  return identity["type"] === "IAMUser" ? textAt(identity, "arn") : null;
}

function parse(text: string): Json {
  try {
    return toObject(JSON.parse(text));
  } catch {
    return {};
  }
}

function objectAt(value: Json, member: string): Json {
  return toObject(value[member]);
}

function toObject(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function textAt(value: Json, member: string): string | null {
  const text = value[member];
  return typeof text === "string" ? text : null;
}

function numberAt(value: Json, member: string): number | null {
  const number = value[member];
  return typeof number === "number" ? number : null;
}
