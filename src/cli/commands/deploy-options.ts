/** What is typed after `slipway deploy`, read into a wish. */
import type { CliContext } from "../context.ts";
import { parseAssignments, parseEnvironmentFile, parseSecrets } from "../environment-variables.ts";
import { usageFailure } from "../failure.ts";
import type { Environment } from "../hooks.ts";
import { parseInstanceSize } from "../instance-size.ts";
import type { DeployWish, ScalingWish } from "../wish.ts";
import type { WaitOption } from "./shared.ts";

export interface DeployOptions extends WaitOption {
  readonly image?: string;
  readonly name?: string;
  readonly branch?: string;
  readonly dir?: string;
  readonly runtime?: string;
  readonly build?: string;
  readonly start?: string;
  readonly dockerfile?: string;
  readonly connection?: string;
  readonly autoDeploy?: boolean;
  readonly port?: string;
  readonly env?: readonly string[];
  readonly envFile?: readonly string[];
  readonly secret?: readonly string[];
  readonly unsetEnv?: readonly string[];
  readonly startCommand?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly instanceRole?: string;
  readonly accessRole?: string;
  readonly kmsKey?: string;
  readonly healthPath?: string;
  readonly min?: string;
  readonly max?: string;
  readonly concurrency?: string;
  readonly scaleToZero?: string;
  readonly tag?: readonly string[];
}

/** All but where the source code is. */
export async function readWish({ io }: CliContext, options: DeployOptions): Promise<DeployWish> {
  const variables = await readVariables(io, options);
  const secrets = parseSecrets(options.secret ?? []);
  assertNoneTwice(variables, secrets);
  const size = parseInstanceSize(options);
  const scaling = parseScaling(options);
  const startCommand = options.start ?? options.startCommand;
  return {
    variables,
    secrets,
    unsetVariables: options.unsetEnv ?? [],
    tags: [...(options.tag ?? []).map(parseTag), ...zeroTag(options)],
    ...(options.image === undefined ? {} : { image: options.image }),
    ...(options.port === undefined ? {} : { port: String(parseCount("--port", options.port)) }),
    ...(startCommand === undefined ? {} : { startCommand }),
    ...(options.autoDeploy === undefined ? {} : { autoDeploy: options.autoDeploy }),
    ...(options.healthPath === undefined ? {} : { healthPath: options.healthPath }),
    ...(size === undefined ? {} : { size }),
    ...(options.instanceRole === undefined ? {} : { instanceRole: options.instanceRole }),
    ...(options.accessRole === undefined ? {} : { accessRole: options.accessRole }),
    ...(options.kmsKey === undefined ? {} : { kmsKey: options.kmsKey }),
    ...(scaling === undefined ? {} : { scaling }),
  };
}

async function readVariables(
  io: { readonly environment: Environment; readFile(path: string): Promise<string> },
  options: Pick<DeployOptions, "env" | "envFile">,
): Promise<Readonly<Record<string, string>>> {
  const fromFiles: Record<string, string> = {};
  for (const path of options.envFile ?? []) {
    const text = await io.readFile(path).catch((cause: NodeJS.ErrnoException) => {
      throw usageFailure(`--env-file: ${path} cannot be read (${cause.code ?? cause.message}).`);
    });
    Object.assign(fromFiles, parseEnvironmentFile(text, path));
  }
  return { ...fromFiles, ...parseAssignments(options.env ?? [], io.environment) };
}

function assertNoneTwice(
  variables: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): void {
  const both = Object.keys(secrets).find((name) => Object.hasOwn(variables, name));
  if (both === undefined) return;
  throw usageFailure(`${both} is given as a variable and as a secret.`, "Leave one of them out.");
}

function parseScaling(options: DeployOptions): ScalingWish | undefined {
  const { min, max, concurrency } = options;
  if (min === undefined && max === undefined && concurrency === undefined) return undefined;
  return {
    ...(min === undefined ? {} : { MinSize: parseMinimum(min) }),
    ...(max === undefined ? {} : { MaxSize: parseCount("--max", max) }),
    ...(concurrency === undefined ? {} : { MaxConcurrency: parseCount("--concurrency", concurrency) }),
  };
}

function parseMinimum(text: string): number {
  if (text !== "0") return parseCount("--min", text);
  throw usageFailure(
    "--min: a service has at least 1 instance; with --scale-to-zero 15m none while nobody calls.",
  );
}

/** The API checks the time: it knows the bounds. */
function zeroTag({
  scaleToZero,
}: DeployOptions): readonly { readonly Key: string; readonly Value: string }[] {
  return scaleToZero === undefined ? [] : [{ Key: "slipway:scale-to-zero", Value: scaleToZero }];
}

function parseCount(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw usageFailure(`${option}: "${text}" is not a number from 1 on.`);
  return Number(text);
}

function parseTag(text: string): { readonly Key: string; readonly Value: string } {
  const equals = text.indexOf("=");
  if (equals < 1) throw usageFailure(`--tag: "${text}" is not KEY=VALUE.`);
  return { Key: text.slice(0, equals), Value: text.slice(equals + 1) };
}

export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
