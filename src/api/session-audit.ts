/** Tells the audit trail who signed in, who failed to, and who signed out: in CloudTrail's words, and never a password. */
import type { AuditedCall } from "../domain/audit.ts";
import type { Auditor } from "./audit/auditor.ts";

export interface SessionAuditOptions {
  readonly auditor: Pick<Auditor, "recordOther">;
  readonly now: () => number;
  readonly newRequestId: () => string;
}

export interface SessionEvent {
  readonly eventName: "ConsoleLogin" | "ConsoleLogout" | "RevokeSession" | "RevokeAllSessions";
  /** Null: nobody was proven. */
  readonly principalArn: string | null;
  readonly sourceAddress: string | null;
  readonly userAgent: string | null;
  readonly parameters: Readonly<Record<string, unknown>> | null;
  /** Null: it was done. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** A name that nobody has may be a password in the wrong field; CloudTrail's own words. */
export const HIDDEN_NAME = "HIDDEN_DUE_TO_SECURITY_REASONS";

const USER_AGENT_MAX = 256;

export async function recordSession(event: SessionEvent, options: SessionAuditOptions): Promise<void> {
  await options.auditor.recordOther(auditedEvent(event, options));
}

function auditedEvent(event: SessionEvent, { now, newRequestId }: SessionAuditOptions): AuditedCall {
  const { eventName, principalArn, sourceAddress, userAgent, parameters, error } = event;
  return {
    atMs: now(),
    requestId: newRequestId(),
    eventSource: "signin.amazonaws.com",
    eventName,
    isReadOnly: false,
    principalArn,
    accessKeyId: null,
    sourceAddress,
    userAgent: userAgent?.slice(0, USER_AGENT_MAX).toWellFormed() ?? null,
    resources: [],
    errorCode: error?.code ?? null,
    errorMessage: error?.message ?? null,
    durationMs: 0,
    parameters,
    response: { [eventName]: error === null ? "Success" : "Failure" },
    changedMembers: null,
  };
}
