/** How `/session` answers. */
import type { FastifyReply } from "fastify";
import type { SignInSession } from "../domain/sign-in-session.ts";
import type { SignedIn } from "../ports/sign-in.ts";
import { csrfTokenOf } from "./session-cookies.ts";

/** Nothing of this is for another page, a frame, a cache or a script. */
export const sessionHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Refused, in words for who signs in. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | null;

  constructor(status: number, code: string, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export function refuse(reply: FastifyReply, { status, code, message, retryAfterMs }: Refusal): FastifyReply {
  if (retryAfterMs !== null) reply.header("retry-after", String(Math.ceil(retryAfterMs / 1000)));
  return reply.status(status).send({ code, message });
}

export function sessionReply(
  token: string,
  { session, principal, name, ...rest }: SignedIn,
  nowMs: number,
): object {
  return {
    name,
    arn: principal.arn,
    kind: principal.kind,
    mustChangePassword: rest.mustChangePassword,
    idleUntil: new Date(rest.idleUntilMs).toISOString(),
    // For clocks that differ from ours.
    idleSeconds: secondsUntil(rest.idleUntilMs, nowMs),
    leftSeconds: secondsUntil(session.endsAtMs, nowMs),
    csrfToken: csrfTokenOf(token),
    ...sessionToWire(session, session.id),
  };
}

function secondsUntil(endMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((endMs - nowMs) / 1000));
}

export function sessionToWire(session: SignInSession, presentId: string): object {
  const { id, method, startedAtMs, lastSeenAtMs, endsAtMs, sourceAddress, userAgent } = session;
  return {
    id,
    method,
    startedAt: new Date(startedAtMs).toISOString(),
    lastSeenAt: new Date(lastSeenAtMs).toISOString(),
    endsAt: new Date(endsAtMs).toISOString(),
    sourceAddress,
    userAgent,
    isThis: id === presentId,
  };
}
