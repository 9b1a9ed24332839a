/** The client of the API: typed by the contract, signed, with a deadline. Only calls that change nothing are repeated. */
import type {
  InputOf,
  OperationName,
  OutputOf,
  AppRunnerOperationName,
  IdentityOperationName,
  KeyOperationName,
  LogOperationName,
  MonitoringOperationName,
  SecretOperationName,
  SlipwayOperationName,
} from "../contract/operations.ts";
import type { CliIo } from "./io.ts";
import { CliFailure } from "./failure.ts";
import { type Credentials, signHeaders } from "./signature.ts";

/** How a contract type looks in JSON: times are numbers of seconds. */
export type Wire<Type> = Type extends Date
  ? number
  : Type extends readonly (infer Element)[]
    ? readonly Wire<Element>[]
    : Type extends object
      ? { readonly [Key in keyof Type]: Wire<Type[Key]> }
      : Type;

type Target =
  | `AppRunner.${AppRunnerOperationName}`
  | `Slipway.${SlipwayOperationName}`
  | LogOperationName
  | MonitoringOperationName
  | IdentityOperationName
  | KeyOperationName
  | Extract<SecretOperationName, `secretsmanager.${string}`>;
type NameOf<Of extends Target> = Of extends
  | SecretOperationName
  | KeyOperationName
  | LogOperationName
  | MonitoringOperationName
  | IdentityOperationName
  ? Of
  : Of extends `${string}.${infer Name extends OperationName}`
    ? Name
    : never;

export interface Connection {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: Credentials;
}

export interface Client {
  readonly connection: Connection;
  call<Of extends Target>(target: Of, input: Wire<InputOf<NameOf<Of>>>): Promise<Wire<OutputOf<NameOf<Of>>>>;
}

/** The API's answer when it refuses. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Nobody answered, or not in time. */
export class Unreachable extends CliFailure {
  constructor(endpoint: URL, cause: unknown) {
    super(`Slipway does not answer at ${endpoint.origin}.`, {
      hint: "Start it with `slipway up`, or see what is wrong with `slipway doctor`.",
      cause,
    });
  }
}

/** How calls are signed and written: App Runner's and ours, and those of others by the prefix of their target. */
const APP_RUNNER = { service: "apprunner", contentType: "application/x-amz-json-1.0" };
const JSON_11 = "application/x-amz-json-1.1";
const OTHERS: Readonly<Record<string, typeof APP_RUNNER>> = {
  secretsmanager: { service: "secretsmanager", contentType: JSON_11 },
  TrentService: { service: "kms", contentType: JSON_11 },
  Logs_20140328: { service: "logs", contentType: JSON_11 },
  GraniteServiceVersion20100801: { service: "monitoring", contentType: "application/x-amz-json-1.0" },
  AWSIdentityManagementV20100508: { service: "iam", contentType: JSON_11 },
  AWSSecurityTokenServiceV20110615: { service: "sts", contentType: JSON_11 },
};
const DEADLINE_MS = 30_000;
/** A repository is fetched, or a Git host asked, before they answer. */
const SLOW_DEADLINES_MS: Readonly<Record<string, number>> = {
  "Slipway.DetectSource": 6 * 60_000,
  "Slipway.GetDefaultBranch": 90_000,
  "Slipway.CompleteConnection": 90_000,
  // A second for each hundred thousand calls.
  "Slipway.VerifyAuditTrail": 10 * 60_000,
};
const REPEAT_AFTER_MS = [200, 600];
const READING =
  /^(?:AppRunner|Slipway|secretsmanager|TrentService|Logs_20140328|GraniteServiceVersion20100801|AWSIdentityManagementV20100508)\.(?:Describe|Filter|List|Get|Run|Lookup|Verify)/;

export function createClient(io: Pick<CliIo, "now" | "sleep">, connection: Connection): Client {
  return {
    connection,
    async call<Of extends Target>(target: Of, input: Wire<InputOf<NameOf<Of>>>) {
      const answer = await answerTo(io, connection, { target, input });
      // The contract's word is taken for it: the server validates what it says.
      return interpret(answer) as Wire<OutputOf<NameOf<Of>>>;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Question {
  readonly target: string;
  readonly input: unknown;
}

async function answerTo(
  io: Pick<CliIo, "now" | "sleep">,
  connection: Connection,
  question: Question,
): Promise<Answer> {
  for (const pauseMs of READING.test(question.target) ? REPEAT_AFTER_MS : []) {
    const answer = await attempt(io, connection, question);
    if (answer.status < 500) return answer;
    await io.sleep(pauseMs);
  }
  return attempt(io, connection, question);
}

async function attempt(
  io: Pick<CliIo, "now">,
  connection: Connection,
  { target, input }: Question,
): Promise<Answer> {
  const body = JSON.stringify(input);
  const { service, contentType } = OTHERS[target.split(".", 1)[0] ?? ""] ?? APP_RUNNER;
  const headers = signHeaders(
    {
      url: connection.endpoint,
      headers: { "content-type": contentType, "x-amz-target": target },
      body,
      nowMs: io.now(),
    },
    connection.credentials,
    { region: connection.region, service },
  );
  try {
    const reply = await fetch(connection.endpoint, {
      method: "POST",
      headers,
      body,
      redirect: "error",
      signal: AbortSignal.timeout(SLOW_DEADLINES_MS[target] ?? DEADLINE_MS),
    });
    return { status: reply.status, text: await reply.text() };
  } catch (cause) {
    throw new Unreachable(connection.endpoint, cause);
  }
}

function interpret(answer: Answer): unknown {
  const parsed = parseObject(answer.text);
  if (answer.status === 200 && parsed !== null) return parsed;
  const given = parsed?.["__type"];
  const type = typeof given === "string" ? given : "";
  const code = type.slice(type.lastIndexOf("#") + 1) || `HTTP ${answer.status}`;
  const message = parsed?.["Message"] ?? parsed?.["message"];
  throw new ApiError(
    code,
    answer.status,
    typeof message === "string" ? message : "The endpoint did not answer as Slipway does.",
  );
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
