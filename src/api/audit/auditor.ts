/**
 * Tells the audit trail of every call: what is known of it, without what must not be read. Calls of nobody that is known
 * are limited, for anybody can send them; what is left out is counted.
 */
import {
  changedMembers,
  type ComparedStates,
  redactedInput,
  withoutUser,
  type ContractOperation,
  type ReplyError,
} from "../../contract/index.ts";
import { type AuditedCall, auditedPrincipal } from "../../domain/audit.ts";
import type { Principal } from "../../domain/identity.ts";
import type { AuditTrail } from "../../ports/audit-trail.ts";
import type { Clock } from "../../ports/clock.ts";
import { headerValues, type RequestHead } from "../sigv4/signed-request.ts";
import { answeredIds } from "./answered-ids.ts";
import { eventKindOf, targetOf } from "./event-kind.ts";

/** What is known about a call when it ends. */
export interface EndedCall {
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly operation?: ContractOperation;
  readonly principal?: Principal;
  /** ARN or `*`. */
  readonly resource?: string;
  /** Not validated. */
  readonly value?: unknown;
  readonly output?: object;
  /** An update: what it changed, as it was and as it is. */
  readonly states?: ComparedStates;
}

export interface Auditor {
  /** Never throws. `refusal`: null when it was done. */
  record(head: RequestHead, call: EndedCall, refusal: ReplyError | null): Promise<void>;
  /** A call that did not come as an operation of the API: a push, a delivery. Never throws. */
  recordOther(call: AuditedCall): Promise<void>;
}

const TEXT_MAX = 256;
const RESOURCES_MAX = 6;
/** Of strangers. */
const BURST = 60;
const PER_SECOND = 1;

export function createAuditor({
  trail,
  clock,
}: {
  readonly trail: Pick<AuditTrail, "record">;
  readonly clock: Pick<Clock, "now">;
}): Auditor {
  const strangers = new StrangerLimit(clock);
  const record = async (call: AuditedCall, mustLast: boolean): Promise<void> => {
    if (call.principalArn !== null) return trail.record(call, { mustLast });
    const leftOut = strangers.admit();
    if (leftOut === null) return;
    await trail.record(leftOut === 0 ? call : { ...call, response: { callsLeftOut: leftOut } }, {
      mustLast: false,
    });
  };
  return {
    record: (head, call, refusal) => {
      const { audited, mustLast } = auditedCall(head, call, { refusal, nowMs: clock.now() });
      return record(audited, mustLast);
    },
    recordOther: (call) => record(call, !call.isReadOnly),
  };
}

function auditedCall(
  head: RequestHead,
  call: EndedCall,
  { refusal, nowMs }: { readonly refusal: ReplyError | null; readonly nowMs: number },
): { readonly audited: AuditedCall; readonly mustLast: boolean } {
  const headers = headerValues(head.rawHeaders);
  const first = (name: string): string | undefined => headers.get(name)?.[0];
  const { mustLast, ...kind } = eventKindOf(call.operation, targetOf(first("x-amz-target"), head.target));
  const ids = kind.isReadOnly ? { arns: [], response: null } : answeredIds(call.output);
  const named = call.resource === undefined || call.resource === "*" ? [] : [call.resource];
  const audited: AuditedCall = {
    atMs: call.startedAtMs,
    requestId: call.requestId,
    ...kind,
    principalArn: call.principal?.arn ?? null,
    ...(call.principal !== undefined && { principal: auditedPrincipal(call.principal) }),
    accessKeyId: call.principal?.accessKeyId ?? claimedKey(first("authorization")),
    sourceAddress: head.sourceAddress ?? null,
    userAgent: shorten(first("user-agent")),
    resources: [...new Set([...named, ...ids.arns].map((arn) => arn.slice(0, TEXT_MAX)))].slice(
      0,
      RESOURCES_MAX,
    ),
    errorCode: refusal?.code ?? null,
    errorMessage: refusal === null ? null : shorten(withoutUser(refusal.message)),
    durationMs: nowMs - call.startedAtMs,
    parameters: call.operation === undefined ? null : redactedInput(call.operation.name, call.value),
    response: ids.response,
    changedMembers:
      call.operation === undefined || kind.isReadOnly || refusal !== null
        ? null
        : changedMembers(call.operation, call.value, call.states ?? null),
  };
  return { audited, mustLast };
}

/** As it was written; nothing proves that the caller has it. */
function claimedKey(authorization: string | undefined): string | null {
  return /Credential=([A-Za-z0-9]{1,128})\//.exec(authorization ?? "")?.[1] ?? null;
}

function shorten(text: string | undefined): string | null {
  if (text === undefined) return null;
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX).toWellFormed()}…`;
}

/** A bucket that fills by the second. */
class StrangerLimit {
  readonly #clock: Pick<Clock, "now">;
  #tokens = BURST;
  #filledAtMs: number;
  #leftOut = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
    this.#filledAtMs = clock.now();
  }

  /** Null: not this one. Else how many were left out since the last. */
  admit(): number | null {
    const nowMs = this.#clock.now();
    const passedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#tokens = Math.min(BURST, this.#tokens + (passedMs * PER_SECOND) / 1000);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) {
      this.#leftOut += 1;
      return null;
    }
    this.#tokens -= 1;
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }
}
