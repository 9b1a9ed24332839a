/**
 * The one front door: authenticate → read → authorize → validate → handle → answer. Every request passes here, and every
 * error leaves here: with a request id, in the operation's own error shapes, logged once.
 */
import {
  protocolOf,
  redactedInput,
  validateInput,
  WireError,
  wireServiceOf,
  type ContractOperation,
  type ErrorCode,
  type Reply,
  type ReplyError,
  type StreamedReply,
  type WireService,
} from "../contract/index.ts";
import { isSlipwayError, SlipwayError } from "../domain/error.ts";
import type { Principal } from "../domain/identity.ts";
import {
  type AskedCall,
  askedResources,
  assertCallAllowed,
  authorizerOfCall,
  conditionsOfCall,
} from "./authorization.ts";
import type { Auditor, EndedCall } from "./audit/auditor.ts";
import { readState } from "./audit/compared-states.ts";
import type { HandlerContext, Handlers } from "./handler.ts";
import { readIfUpdatedAt } from "./precondition.ts";
import { toUuid } from "./request-id.ts";
import {
  assertMayCall,
  type AuthenticationOptions,
  callerOf,
  checkCaller,
} from "./session-authentication.ts";
import { type RequestHead, type SignedRequest, wireHead } from "./sigv4/signed-request.ts";

/** What pino gives. One event per line; never a header, a body or a value of an input. */
export interface ApiLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
  debug(fields: object, message: string): void;
  isLevelEnabled(level: "debug"): boolean;
}

export interface DispatcherOptions {
  readonly handlers: Handlers;
  readonly context: HandlerContext;
  readonly authentication: AuthenticationOptions;
  readonly logger: ApiLogger;
  readonly auditor: Pick<Auditor, "record">;
}

export interface Dispatcher {
  /** The refusal of a request whose body need not be read for it; null when the body is worth reading. Never throws. */
  refuseUnread(head: RequestHead): Promise<Reply | null>;
  /** Never throws. `callerGone`: as handlers are told. */
  handle(request: SignedRequest, callerGone?: AbortSignal): Promise<Reply | StreamedReply>;
}

/** What is known about a request so far, for the log and the audit trail. */
type Trace = { -readonly [Member in keyof EndedCall]: EndedCall[Member] };

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { clock, ids } = options.context;
  const newTrace = (): Trace => ({ requestId: toUuid(ids.hex32()), startedAtMs: clock.now() });
  return {
    refuseUnread: async (head) => {
      try {
        await checkCaller(head, options.authentication);
        return null;
      } catch (error) {
        return await refuse(error, newTrace(), { head, ...options });
      }
    },
    handle: async (request, callerGone = options.context.callerGone) => {
      const trace = newTrace();
      try {
        const reply = await answer({ request, callerGone }, trace, options);
        log(trace, options, { status: reply.status });
        await options.auditor.record(request, trace, null);
        return reply;
      } catch (error) {
        return await refuse(error, trace, { head: request, ...options });
      }
    },
  };
}

async function answer(
  { request, callerGone }: { readonly request: SignedRequest; readonly callerGone: AbortSignal },
  trace: Trace,
  options: DispatcherOptions,
): Promise<Reply | StreamedReply> {
  const caller = await callerOf(request, options.authentication);
  trace.principal = caller.principal;
  const head = wireHead(request);
  const protocol = protocolOf(head);
  const { operation, readInput } = protocol.open({ ...head, body: request.body });
  trace.operation = operation;
  assertMayCall(caller, operation);
  const value = readInput();
  trace.value = value;
  logMembers(trace, options);
  const call: Call = { operation, value, caller: trace.principal, head: request, nowMs: trace.startedAtMs };
  const resources = await askedResources(call, options.context);
  trace.resource = resources[0]?.arn ?? "*";
  // Who must choose a password may: `assertMayCall` has let nothing else through, and it is their own.
  if (!caller.mustChangePassword) await assertCallAllowed(call, resources, options.context);
  const before = await readState(call, options);
  const output = await run(call, callerGone, options);
  trace.output = output;
  const after = before === null ? null : await readState(call, options);
  if (before !== null && after !== null) trace.states = { before, after };
  return protocol.writeOutput(operation.name, output, trace.requestId);
}

async function run(
  call: Call,
  callerGone: AbortSignal,
  { handlers, context }: DispatcherOptions,
): Promise<object> {
  const { operation, value, caller } = call;
  const { name } = operation;
  const input = validateInput(name, value);
  // The table ties each handler to its operation; that name, input and handler belong together is lost on a union.
  const handler = handlers[name] as (
    input: unknown,
    context: HandlerContext,
    caller: Principal,
  ) => Promise<object>;
  const ofCall = {
    authorizer: authorizerOfCall(call, context),
    conditions: () => conditionsOfCall(call, context),
    callerGone,
    ifUpdatedAtMs: readIfUpdatedAt(call.head, operation),
  };
  return handler(input, { ...context, ...ofCall }, caller);
}

interface Call extends AskedCall {
  readonly operation: ContractOperation;
}

/** In the protocol of the request, whatever was wrong with it. */
async function refuse(
  error: unknown,
  trace: Trace,
  { head, ...options }: DispatcherOptions & { readonly head: RequestHead },
): Promise<Reply> {
  const call = wireHead(head);
  const protocol = protocolOf(call);
  const refusal = toReplyError(error, trace);
  const isOurs = refusal.code === serviceOf(trace.operation).fault;
  log(trace, options, { code: refusal.code, ...(isOurs && { err: error }) });
  await options.auditor.record(head, trace, refusal);
  return protocol.writeError(refusal, trace.requestId, trace.operation?.service ?? protocol.serviceOf(call));
}

/** A catalogue or wire error as it is; anything else is a fault of ours that says no more than its request id. */
export function toReplyError(
  error: unknown,
  { requestId, operation }: Pick<Trace, "requestId"> & { readonly operation?: ContractOperation | undefined },
): ReplyError {
  if (error instanceof WireError) return { code: error.code, message: error.message };
  if (!isSlipwayError(error)) {
    return toReplyError(new SlipwayError("Internal", { requestId }), { requestId, operation });
  }
  return { code: codeOf(error, operation), message: error.message };
}

/** An operation answers only with errors its model names: AssociateCustomDomain, for one, has no ResourceNotFoundException. */
function codeOf(error: SlipwayError, operation: ContractOperation | undefined): ErrorCode {
  const service = serviceOf(operation);
  if (error.entry === "ForeignToken") return service.foreignToken;
  if (error.code === "InternalServiceErrorException") return service.fault;
  const isModelled = operation === undefined || operation.model.errors.includes(error.code);
  return isModelled ? error.code : service.refusal;
}

function serviceOf(operation: ContractOperation | undefined): WireService {
  return wireServiceOf(operation?.target);
}

/** Which members the input has, and not what stands in them. */
function logMembers({ requestId, operation, value }: Trace, { logger }: DispatcherOptions): void {
  if (operation === undefined || !logger.isLevelEnabled("debug")) return;
  const members = Object.keys(redactedInput(operation.name, value) ?? {});
  const fields = { event: "api.input", requestId, operation: operation.target, members };
  logger.debug(fields, "request read");
}

function log(trace: Trace, { logger, context }: DispatcherOptions, outcome: object): void {
  const fields = {
    event: "api.request",
    requestId: trace.requestId,
    operation: trace.operation?.target,
    accessKeyId: trace.principal?.accessKeyId,
    durationMs: context.clock.now() - trace.startedAtMs,
    ...outcome,
  };
  if ("err" in outcome) logger.error(fields, "request failed");
  else logger.info(fields, "request answered");
}
