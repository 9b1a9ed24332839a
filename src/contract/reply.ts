// AWS JSON 1.0 and 1.1, the way out. Only members of the model leave the house, in the model's order; absent ones are left out.
import { errorShapes, fitMessage } from "./errors.ts";
import type { ErrorCode } from "./errors.ts";
import { operationOf, shapeOf } from "./operations.ts";
import type { OperationName, OutputOf } from "./operations.ts";
import type { StructureShape } from "./shape.ts";
import { type ServicePrefix, wireServices } from "./wire-service.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
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
type Json = Readonly<Record<string, unknown>>;

const withMilliseconds: Seconds = (date) => date.getTime() / 1000;
const wholeSeconds: Seconds = (date) => Math.floor(date.getTime() / 1000);

/** The real service cuts off the fraction here and keeps it elsewhere (reference/apprunner.md 1.1). */
const wholeSecondOperations: ReadonlySet<OperationName> = new Set<OperationName>(["ListServices"]);

/** `requestId` is a UUID, the one that the log lines of the request carry. */
export function encodeOutput<Name extends OperationName>(
  operation: Name,
  output: OutputOf<Name>,
  requestId: string,
): Reply {
  const seconds = wholeSecondOperations.has(operation) ? wholeSeconds : withMilliseconds;
  const { model, service } = operationOf(operation);
  return reply(200, encode(model.output, output, seconds), { requestId, service });
}

/** `service` is App Runner where the operation is not known. */
export function encodeError(
  { code, message }: ReplyError,
  requestId: string,
  service: ServicePrefix = "AppRunner",
): Reply {
  const body = { __type: code, Message: fitMessage(message) };
  return reply(errorShapes[code].status, body, { requestId, service });
}

function reply(
  status: number,
  body: unknown,
  { requestId, service }: { readonly requestId: string; readonly service: ServicePrefix },
): Reply {
  const { contentType } = wireServices[service];
  const headers = { "content-type": contentType, "x-amzn-requestid": requestId };
  return { status, headers, body: JSON.stringify(body) };
}

function encode(type: string, value: unknown, seconds: Seconds): unknown {
  const shape = shapeOf(type);
  if (shape === undefined) return encodeScalar(type, value, seconds);
  if (shape.kind === "structure") return encodeMembers(shape, value as Json, seconds);
  if (shape.kind === "list")
    return (value as readonly unknown[]).map((item) => encode(shape.element, item, seconds));
  if (shape.kind === "map") return encodeMap(value as Json, (entry) => encode(shape.value, entry, seconds));
  return value;
}

function encodeMembers({ members }: StructureShape, value: Json, seconds: Seconds): unknown {
  const present = Object.entries(members).filter(
    ([name]) => value[name] !== undefined && value[name] !== null,
  );
  return Object.fromEntries(present.map(([name, { type }]) => [name, encode(type, value[name], seconds)]));
}

/** Object.fromEntries defines its keys, so "__proto__" stays a key. */
function encodeMap(map: Json, each: (entry: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(map).map(([key, entry]) => [key, each(entry)]));
}

/** JSON would write NaN as null, which clients read as absent; such an output is a mistake of ours. */
function encodeScalar(type: string, value: unknown, seconds: Seconds): unknown {
  const wire = type === "timestamp" ? seconds(value as Date) : value;
  if (typeof wire === "number" && !Number.isFinite(wire))
    throw new TypeError(`${type} in an output is ${wire}`);
  return wire;
}
