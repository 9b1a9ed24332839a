/** What the audit trail is told of git over HTTP: pushes, fetches, and who was refused. What git asks before is not told. */
import type { IncomingMessage } from "node:http";
import type { AccountScope } from "../../domain/arn.ts";
import { type AuditedCall, auditedPrincipal } from "../../domain/audit.ts";
import type { Principal } from "../../domain/identity.ts";
import { repositoryArn } from "../authorization/service-rules.ts";

export interface GitExchange {
  readonly request: Pick<IncomingMessage, "method" | "headers">;
  readonly sourceAddress: string;
  readonly scope: AccountScope;
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Undefined where the address named none. */
  readonly repository: string | undefined;
  readonly principal: Principal | undefined;
  readonly isPush: boolean;
  readonly status: number;
}

const FIRST_REFUSED = 400;
const CODES: Readonly<Record<number, string>> = {
  401: "UnrecognizedClientException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
};

/** Null: nothing to tell. */
export function auditedExchange(exchange: GitExchange): AuditedCall | null {
  const { request, repository, principal, status, isPush } = exchange;
  const isRefused = status >= FIRST_REFUSED;
  // Clients ask without a key first, and answer with one.
  const isFirstAsking = request.headers.authorization === undefined;
  if (repository === undefined || isFirstAsking || (!isRefused && request.method !== "POST")) return null;
  return {
    atMs: exchange.startedAtMs,
    requestId: exchange.requestId,
    eventSource: "slipway",
    eventName: isPush ? "GitPush" : "GitPull",
    isReadOnly: !isPush,
    principalArn: principal?.arn ?? null,
    ...(principal !== undefined && { principal: auditedPrincipal(principal) }),
    accessKeyId: principal?.accessKeyId ?? null,
    sourceAddress: exchange.sourceAddress,
    userAgent: request.headers["user-agent"]?.slice(0, 256) ?? null,
    resources: [repositoryArn(repository, exchange.scope)],
    errorCode: isRefused ? (CODES[status] ?? "GitRefused") : null,
    errorMessage: isRefused ? `HTTP ${status}` : null,
    durationMs: exchange.endedAtMs - exchange.startedAtMs,
    parameters: { repositoryName: repository },
    response: null,
    changedMembers: null,
  };
}
