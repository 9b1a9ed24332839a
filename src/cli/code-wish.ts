/** The code repository that `slipway deploy` asks for: what is there or was detected, with what was said over it. Pure. */
import type { CodeConfiguration, CodeRepository, Runtime } from "../contract/model.gen.ts";
import type { OutputOf } from "../contract/operations.ts";
import type { Wire } from "./client.ts";
import { usageFailure } from "./failure.ts";
import { changedEnvironment } from "./image-wish.ts";
import type { DeployWish } from "./wish.ts";

export type Detected = Wire<OutputOf<"DetectSource">>;
type Values = NonNullable<Wire<CodeConfiguration>["CodeConfigurationValues"]>;

export interface CodeGround {
  readonly present: Wire<CodeRepository> | undefined;
  readonly detected: Detected | undefined;
  readonly usesDockerfile: boolean;
}

/** The API wants one; a build by a Dockerfile does not look at it. */
const UNUSED_RUNTIME = "NODEJS_22";

export function codeRepositoryOf(wish: DeployWish, ground: CodeGround): Wire<CodeRepository> {
  const base = ground.present ?? ground.detected?.CodeRepository;
  const { code } = wish;
  const repositoryUrl = code?.repositoryUrl ?? base?.RepositoryUrl;
  const branch = code?.branch ?? base?.SourceCodeVersion.Value;
  if (repositoryUrl === undefined || branch === undefined)
    throw new Error("a code wish names its repository and branch, or they are found out");
  return {
    RepositoryUrl: repositoryUrl,
    SourceCodeVersion: {
      Type: "BRANCH",
      Value: branch,
    },
    SourceDirectory: code?.sourceDirectory ?? base?.SourceDirectory ?? "/",
    CodeConfiguration: configurationOf(wish, base?.CodeConfiguration, ground),
  };
}

function configurationOf(
  wish: DeployWish,
  base: Wire<CodeConfiguration> | undefined,
  { usesDockerfile }: CodeGround,
): Wire<CodeConfiguration> {
  const before = base?.CodeConfigurationValues;
  if (!saysHow(wish)) {
    return usesDockerfile || base === undefined ? { ConfigurationSource: "REPOSITORY" } : base;
  }
  const runtime = wish.code?.runtime ?? before?.Runtime ?? (usesDockerfile ? UNUSED_RUNTIME : undefined);
  if (runtime === undefined) {
    throw saysItself(wish);
  }
  return { ConfigurationSource: "API", CodeConfigurationValues: valuesOf(wish, before, runtime) };
}

export function saysItself(wish: DeployWish): Error {
  return usageFailure(
    `The source code says by itself how it is built and run (apprunner.yaml or Dockerfile): ${saidOptions(wish).join(", ")} would not count.`,
    "Write it there (in apprunner.yaml below run: env, secrets, network, command) and deploy again; or take the file's place: --dockerfile PATH, or --runtime RUNTIME with --build, --start and --port.",
  );
}

/** As they were typed, without values: those may be secret. */
function saidOptions({ code, port, startCommand, ...environment }: DeployWish): readonly string[] {
  const { variables, secrets, unsetVariables } = environment;
  return [
    ...(code?.runtime === undefined ? [] : ["--runtime"]),
    ...(code?.buildCommand === undefined ? [] : ["--build"]),
    ...(startCommand === undefined ? [] : ["--start"]),
    ...(port === undefined ? [] : ["--port"]),
    ...Object.keys(variables).map((name) => `--env ${name}`),
    ...Object.keys(secrets).map((name) => `--secret ${name}`),
    ...unsetVariables.map((name) => `--unset-env ${name}`),
  ];
}

/** Whether it is the API that is told how to build and run, not a file of the source code. */
export function saysHow(wish: DeployWish): boolean {
  return saidOptions(wish).length > 0;
}

function valuesOf(wish: DeployWish, before: Values | undefined, runtime: string): Values {
  const { RuntimeEnvironmentVariables: variables, ...secrets } = changedEnvironment(wish, before);
  const hasNone = before?.RuntimeEnvironmentVariables === undefined && Object.keys(variables).length === 0;
  return {
    ...before,
    // The API says which there are.
    Runtime: runtime as Runtime,
    ...(wish.code?.buildCommand === undefined ? {} : { BuildCommand: wish.code.buildCommand }),
    ...(wish.startCommand === undefined ? {} : { StartCommand: wish.startCommand }),
    ...(wish.port === undefined ? {} : { Port: wish.port }),
    ...(hasNone ? {} : { RuntimeEnvironmentVariables: variables }),
    ...secrets,
  };
}
