// AWS JSON 1.0 and 1.1, the way in: `POST /` with X-Amz-Target and a JSON body → operation and JSON value; validate.ts makes
// the value an input.
import { WireError } from "./errors.ts";
import { parseJson } from "./json-text.ts";
import { operationOfTarget, unavailableReason } from "./operations.ts";
import type { ContractOperation } from "./operations.ts";
import type { WireHeaders } from "./protocol.ts";
import { quote } from "./violation.ts";
import { wireServices } from "./wire-service.ts";

/** Bytes. Far above any sensible request: the largest environment variable alone may have 51200 characters. */
export const maxBodyBytes = 1_048_576;

export interface WireRequest {
  readonly headers: WireHeaders;
  readonly body: Uint8Array;
}

export interface ParsedRequest {
  readonly operation: ContractOperation;
  readonly value: unknown;
}

/** Everything at once; throws WireError. */
export function parseRequest({ headers, body }: WireRequest): ParsedRequest {
  const operation = parseTarget(headers);
  checkContentType(headers, operation);
  return { operation, value: parseBody(body) };
}

/** The operation that X-Amz-Target names. Unknown or missing: UnknownOperationException, 404. */
export function parseTarget(headers: WireHeaders): ContractOperation {
  const target = headers["x-amz-target"];
  const right =
    "it must be AppRunner.<Operation> or Slipway.<Operation>, or one that is offered of Secrets Manager, Parameter Store, " +
    "CloudWatch Logs, CloudWatch, CloudTrail, IAM or STS";
  if (typeof target !== "string") {
    throw new WireError("UnknownOperationException", `The header X-Amz-Target is missing; ${right}.`);
  }
  const operation = operationOfTarget(target);
  if (operation !== undefined) return operation;
  throw new WireError(
    "UnknownOperationException",
    unavailableReason(target) ??
      `X-Amz-Target ${quote(target)} names no operation that is offered here; ${right}.`,
  );
}

/** Parameters after the media type (`; charset=utf-8`) are allowed. */
export function checkContentType(
  headers: WireHeaders,
  { service }: Pick<ContractOperation, "service">,
): void {
  const { contentType } = wireServices[service];
  const given = headers["content-type"];
  if (typeof given === "string" && given.split(";", 1)[0]?.trim().toLowerCase() === contentType) return;
  const wrong = typeof given === "string" ? `is ${quote(given)}` : "is missing";
  throw new WireError(
    "MalformedHttpRequestException",
    `The header Content-Type ${wrong}; it must be ${contentType}.`,
  );
}

/** The JSON value of the body; an empty body is `{}`. */
export function parseBody(body: Uint8Array): unknown {
  checkBodySize(body);
  return parseJson(body);
}

export function checkBodySize(body: Uint8Array): void {
  if (body.length <= maxBodyBytes) return;
  const text = `The body has ${body.length} bytes; it must have at most ${maxBodyBytes}.`;
  throw new WireError("RequestEntityTooLargeException", text);
}
