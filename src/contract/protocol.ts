// How calls and answers are written. A protocol is chosen by a request's head and does the whole way in and out; what is
// between (authentication, authorization, validation, handler) is the same for all.
import type { ContractOperation, OperationName } from "./operations.ts";
import type { Reply, ReplyError, StreamedReply } from "./reply.ts";
import type { ServicePrefix } from "./wire-service.ts";

/** Header names in lower case, as node:http gives them. */
export type WireHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is known before the body is read. */
export interface WireHead {
  /** Without a query. */
  readonly path: string;
  readonly headers: WireHeaders;
}

export interface WireCall extends WireHead {
  readonly body: Uint8Array;
}

export interface OpenedCall {
  readonly operation: ContractOperation;
  /** The input as a value like JSON's, not validated; times may be Dates. Throws WireError. */
  readonly readInput: () => unknown;
}

export interface Protocol {
  /** Whose call it is, as far as the head tells: the signature's scope is checked before the body is read. */
  serviceOf(head: WireHead): ServicePrefix;
  /** Throws WireError where no operation is named, or one that is not here. */
  open(call: WireCall): OpenedCall;
  writeOutput(operation: OperationName, output: object, requestId: string): Reply | StreamedReply;
  writeError(error: ReplyError, requestId: string, service: ServicePrefix | undefined): Reply;
}
