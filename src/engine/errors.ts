/**
 * What the engine's errors mean to us. Only this file knows the shape of dockerode's errors; the acts see
 * `EngineRefusal` (the engine answered with an error status) or EngineUnavailable (it did not answer).
 */
import { SlipwayError } from "../domain/error.ts";

/** The engine answered, with an error status. Internal to this module: the face translates what is left of them. */
export class EngineRefusal extends Error {
  override readonly name = "EngineRefusal";
  readonly status: number;

  constructor(status: number, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.status = status;
  }
}

export function isRefusal(error: unknown, ...statuses: readonly number[]): error is EngineRefusal {
  return error instanceof EngineRefusal && (statuses.length === 0 || statuses.includes(error.status));
}

/** Turns whatever dockerode threw into EngineRefusal or EngineUnavailable. */
export function translateError(error: unknown, socketPath: string): Error {
  if (error instanceof SlipwayError || error instanceof EngineRefusal) return error;
  const status = property(error, "statusCode");
  if (typeof status === "number") return new EngineRefusal(status, answeredMessage(error), { cause: error });
  return engineUnavailable(connectionProblem(error, socketPath), error);
}

export function engineUnavailable(problem: string, cause?: unknown): SlipwayError {
  return new SlipwayError("EngineUnavailable", { problem }, { cause });
}

/** The last translation, at the face: a refusal that no act understood is a problem of the engine. */
export function refusalToUnavailable(error: unknown): unknown {
  if (!(error instanceof EngineRefusal)) return error;
  return engineUnavailable(`Docker refused (status ${error.status}): ${error.message}`, error);
}

/** dockerode wraps the engine's own message; the raw one is in `json.message`. */
function answeredMessage(error: unknown): string {
  const raw = property(property(error, "json"), "message");
  return typeof raw === "string" && raw !== "" ? raw : messageOf(error);
}

function connectionProblem(error: unknown, socketPath: string): string {
  switch (property(error, "code")) {
    case "ENOENT":
    case "ECONNREFUSED":
      return `nothing listens at ${socketPath}; start Docker (systemctl start docker) or set the engine's socket`;
    case "EACCES":
    case "EPERM":
      return `no permission to use ${socketPath}; run as root or as a member of the group that owns it`;
    default:
      return `the connection to ${socketPath} broke: ${messageOf(error)}`;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
