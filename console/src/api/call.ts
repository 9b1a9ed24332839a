/**
 * Calls of the API with the session's cookie and its CSRF token: the same operations, with the same answers and errors, as
 * the AWS CLI gets.
 */
import { calls as texts } from "../texts.ts";
import { isAttended } from "./attendance.ts";
import type { Input, Output, Target } from "./wire.ts";

/** Where the API is: the console's own address without `console/`, whatever path a proxy put before it. */
export const apiUrl = new URL("../", new URL(".", document.baseURI));

/** Refused, or unreachable. The message is for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** AWS's, for example `InvalidRequestException`; `Unreachable` when no answer came. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The session has ended, or its cookie is gone. */
const NOBODY: ReadonlySet<string> = new Set(["ExpiredTokenException", "MissingAuthenticationTokenException"]);
const DEADLINE_MS = 60_000;
const JSON_10 = "application/x-amz-json-1.0";
const JSON_11 = "application/x-amz-json-1.1";

let csrfToken = "";
let onSignedOut: () => void = () => undefined;

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** The session is over, found by a call that was refused. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

export function tellSignedOut(): void {
  onSignedOut();
}

export function sessionHeaders(): Record<string, string> {
  return { "x-slipway-csrf": csrfToken, ...(isAttended() ? {} : { "x-slipway-unattended": "1" }) };
}

export interface CallConditions {
  /** Of UpdateService: the UpdatedAt of the service that the update is for. */
  readonly ifUpdatedAt?: number | undefined;
}

/** Throws ApiError; an AbortError when `signal` ended it. */
export async function call<T extends Target>(
  target: T,
  input: Input<T>,
  signal?: AbortSignal,
  conditions: CallConditions = {},
): Promise<Output<T>> {
  const { ifUpdatedAt } = conditions;
  const isJson10 = /^(?:AppRunner|Slipway|GraniteService)/.test(target);
  const headers = {
    "content-type": isJson10 ? JSON_10 : JSON_11,
    "x-amz-target": target,
    ...(ifUpdatedAt === undefined ? {} : { "x-slipway-if-updated-at": String(ifUpdatedAt) }),
    ...sessionHeaders(),
  };
  return (await send(apiUrl, { method: "POST", headers, body: JSON.stringify(input), signal })) as Output<T>;
}

/** Any request to the control plane that answers JSON. */
export async function send(
  url: URL | string,
  init: RequestInit & { signal?: AbortSignal | undefined },
): Promise<unknown> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, signal, credentials: "same-origin" });
    text = await response.text();
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError("Unreachable", texts.unreachable, 0);
  }
  const body = readBody(text);
  if (response.ok) return body;
  const { __type, code, message, Message } = body as Record<string, unknown>;
  const error = new ApiError(
    nameOf(__type ?? code) ?? `Status${response.status}`,
    [message, Message].find((text) => typeof text === "string") ?? texts.wordless(response.status),
    response.status,
  );
  if (NOBODY.has(error.code)) onSignedOut();
  throw error;
}

function readBody(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Without the namespace that some codes have before a `#`. */
function nameOf(code: unknown): string | undefined {
  return typeof code === "string" ? code.split("#").at(-1) : undefined;
}
