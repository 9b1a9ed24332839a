/**
 * Finds the endpoint and the credentials. In this order: SLIPWAY_ENDPOINT and SLIPWAY_ACCESS_KEY_ID with
 * SLIPWAY_SECRET_ACCESS_KEY; the state directory's `info.json` and `credentials`. AWS_* variables usually belong to a
 * real AWS account and are used only when `--aws-env` asks for them.
 */
import { join } from "node:path";
import type { Connection } from "./client.ts";
import { CliFailure, usageFailure } from "./failure.ts";
import type { Environment } from "./hooks.ts";
import { readProfile } from "./credentials-file.ts";
import type { CliIo } from "./io.ts";
import type { Credentials } from "./signature.ts";

export interface ConnectionRequest {
  readonly stateDirectory: string;
  readonly usesAwsEnvironment: boolean;
}

const PROFILE = "slipway";
const DEFAULT_REGION = "us-east-1";

export async function findConnection(
  io: Pick<CliIo, "environment" | "readFile">,
  request: ConnectionRequest,
): Promise<Connection> {
  const { environment } = io;
  const info = await readInfo(io, request.stateDirectory);
  const endpoint = given(environment, "SLIPWAY_ENDPOINT") ?? info?.ApiEndpoint;
  if (endpoint === undefined) throw notStarted(request.stateDirectory);
  const awsRegion = request.usesAwsEnvironment ? given(environment, "AWS_REGION") : undefined;
  return {
    endpoint: parseEndpoint(endpoint),
    region: given(environment, "SLIPWAY_REGION") ?? awsRegion ?? info?.Region ?? DEFAULT_REGION,
    credentials: await findCredentials(io, request),
  };
}

async function findCredentials(
  io: Pick<CliIo, "environment" | "readFile">,
  request: ConnectionRequest,
): Promise<Credentials> {
  const prefix = request.usesAwsEnvironment ? "AWS" : "SLIPWAY";
  const fromEnvironment = credentialsOf(io.environment, prefix);
  if (fromEnvironment !== null) return fromEnvironment;
  if (request.usesAwsEnvironment) {
    throw usageFailure(
      "--aws-env needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
      "Export both, or leave --aws-env out.",
    );
  }
  const path = join(request.stateDirectory, "credentials");
  const text = await readOptional(io, path);
  const profile = text === null ? null : readProfile(text, PROFILE);
  const [accessKeyId, secretAccessKey] = [profile?.["aws_access_key_id"], profile?.["aws_secret_access_key"]];
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new CliFailure(`No credentials: ${path} has no profile [${PROFILE}].`, {
      hint: "Set SLIPWAY_ACCESS_KEY_ID and SLIPWAY_SECRET_ACCESS_KEY, or SLIPWAY_STATE_DIR to the right directory.",
    });
  }
  return { accessKeyId, secretAccessKey };
}

function credentialsOf(environment: Environment, prefix: string): Credentials | null {
  const accessKeyId = given(environment, `${prefix}_ACCESS_KEY_ID`);
  const secretAccessKey = given(environment, `${prefix}_SECRET_ACCESS_KEY`);
  const sessionToken = given(environment, `${prefix}_SESSION_TOKEN`);
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

interface InfoFile {
  readonly ApiEndpoint?: string;
  readonly Region?: string;
}

async function readInfo(io: Pick<CliIo, "readFile">, stateDirectory: string): Promise<InfoFile | null> {
  const path = join(stateDirectory, "info.json");
  const text = await readOptional(io, path);
  if (text === null) return null;
  try {
    return JSON.parse(text) as InfoFile;
  } catch (cause) {
    throw new CliFailure(`${path} is not valid JSON.`, { hint: "Write it anew with `slipway up`.", cause });
  }
}

/** Null when there is no such file; a file that may not be read is a failure that says so. */
async function readOptional(io: Pick<CliIo, "readFile">, path: string): Promise<string | null> {
  try {
    return await io.readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new CliFailure(`${path} cannot be read (${code ?? String(cause)}).`, {
      hint: "It belongs to the user who runs Slipway: run this as that user, for instance with sudo.",
      cause,
    });
  }
}

function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw usageFailure(`"${text}" is not an endpoint.`, "Write it like http://127.0.0.1:7070.");
  }
  return url;
}

function notStarted(stateDirectory: string): CliFailure {
  return new CliFailure(`No Slipway was started here: ${join(stateDirectory, "info.json")} does not exist.`, {
    hint: "Start it with `slipway up` (as root: sudo), or set SLIPWAY_ENDPOINT or SLIPWAY_STATE_DIR.",
  });
}

function given(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === "" ? undefined : value;
}
