// AWS JSON 1.0 and 1.1, the way out.
import { errorShapes, fitMessage, queryErrorOf } from "./errors.ts";
import type { ErrorCode } from "./errors.ts";
import { operationOf } from "./operations.ts";
import type { OperationName, OutputOf } from "./operations.ts";
import { type ServicePrefix, wireServices } from "./wire-service.ts";
import { eventStreamType, streamedMember, writeEvents } from "./event-stream.ts";
import { toWireValue } from "./wire-value.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** An output that goes on: its bytes come as there is something to say. */
export interface StreamedReply extends Pick<Reply, "status" | "headers"> {
  readonly body: AsyncIterable<Uint8Array>;
}

export interface TextReply extends Reply {
  readonly body: string;
}

/** A WireError, or an error of the domain that has been given its wire code. */
export interface ReplyError {
  readonly code: ErrorCode;
  /** Cut to 600 characters. */
  readonly message: string;
}

/** Epoch seconds of a Date. */
type Seconds = (date: Date) => number;

const withMilliseconds: Seconds = (date) => date.getTime() / 1000;
const wholeSeconds: Seconds = (date) => Math.floor(date.getTime() / 1000);

/** The real service cuts off the fraction here and keeps it elsewhere (reference/apprunner.md 1.1). */
const wholeSecondOperations: ReadonlySet<OperationName> = new Set<OperationName>(["ListServices"]);

/** `requestId` is a UUID, the one that the log lines of the request carry. */
export function encodeOutput<Name extends OperationName>(
  operation: Name,
  output: OutputOf<Name>,
  requestId: string,
): TextReply {
  const seconds = wholeSecondOperations.has(operation) ? wholeSeconds : withMilliseconds;
  const { model, service } = operationOf(operation);
  const body = toWireValue(model.output, output, seconds);
  return reply(200, body, headersOf(service, requestId));
}

/** The same for an operation whose output is a stream of events; null for all others. */
export function encodeStream(
  operation: OperationName,
  output: object,
  requestId: string,
): StreamedReply | null {
  const { model, service } = operationOf(operation);
  const member = streamedMember(model.output);
  if (member === null) return null;
  const events = (output as Readonly<Record<string, Parameters<typeof writeEvents>[0]>>)[member.name];
  if (events === undefined) throw new TypeError(`${operation} gave no ${member.name}`);
  const headers = { ...headersOf(service, requestId), "content-type": eventStreamType };
  return { status: 200, headers, body: writeEvents(events, member.shape, withMilliseconds) };
}

/** `service` is App Runner where the operation is not known. */
export function encodeError(
  { code, message }: ReplyError,
  requestId: string,
  service: ServicePrefix = "AppRunner",
): TextReply {
  const body = { __type: code, Message: fitMessage(message) };
  const headers = { ...headersOf(service, requestId), ...queryErrorHeader(code, service) };
  return reply(errorShapes[code].status, body, headers);
}

/** Clients of services that once spoke the query protocol take the code they have always known from here. */
export function queryErrorHeader(code: ErrorCode, service: ServicePrefix): Record<string, string> {
  if (wireServices[service].queryVersion === undefined) return {};
  const { code: queryCode, type } = queryErrorOf(code);
  return { "x-amzn-query-error": `${queryCode};${type}` };
}

function headersOf(service: ServicePrefix, requestId: string): Record<string, string> {
  return { "content-type": wireServices[service].contentType, "x-amzn-requestid": requestId };
}

function reply(status: number, body: unknown, headers: Record<string, string>): TextReply {
  return { status, headers, body: JSON.stringify(body) };
}
