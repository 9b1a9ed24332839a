/** The plan for a managed runtime: from `apprunner.yaml`, or from the values of the API. */
import type { CodeSource, RunSettings } from "../domain/code-source.ts";
import { findLine, findRuntime, type Runtime, runtimes } from "../domain/runtime.ts";
import { BuildError } from "../ports/builder.ts";
import { APPRUNNER_FILE, type AppRunnerFile, readAppRunnerFile } from "./apprunner-file.ts";
import { type BuildPlan, DEFAULT_PORT, type PlanRequest } from "./build-plan.ts";
import { findManifests } from "./dependency-layer.ts";
import {
  type ManagedBuild,
  PACKAGING_STAGE,
  partOfStage,
  renderManagedDockerfile,
} from "./managed-dockerfile.ts";
import { checkNodeVersion } from "./node-version.ts";
import { cacheMounts } from "./package-cache.ts";
import type { RuntimeBases } from "./runtimes/runtime-bases.ts";
import { normalizePath, type SourceTree } from "./source-tree.ts";
import { startArguments } from "./start-command.ts";

/** What is wished, wherever it is written. */
type Wish = Pick<
  AppRunnerFile,
  "runtime" | "runtimeVersion" | "preBuild" | "build" | "postBuild" | "preRun" | "buildEnvironment"
> & { readonly startCommand: string; readonly run: RunSettings };

/** Throws BuildError "configuration" or "runtime". */
export async function planManaged(
  tree: SourceTree,
  request: PlanRequest,
  bases: Pick<RuntimeBases, "ensure">,
): Promise<BuildPlan> {
  const directory = normalizePath(request.source.sourceDirectory);
  const wish = await withInstallApart(tree, directory, await readWish(tree, request.source, directory));
  const base = await bases.ensure(wish.runtime, wish.runtimeVersion, request.report, request.signal);
  const nodeRemarks = await checkNodeVersion(tree, directory, wish.runtime, base.version);
  const { language } = wish.runtime;
  const firstCommand = wish.preBuild[0] ?? wish.build[0];
  const isRevised = wish.runtime.build === "revised";
  const build: ManagedBuild = {
    ...wish,
    buildImage: base.buildImage,
    runImage: base.runImage,
    sourceDirectory: directory,
    environment: wish.buildEnvironment,
    manifests: await findManifests(tree, directory, language, firstCommand),
    preRunManifests: isRevised ? await preRunManifests(tree, directory, wish) : null,
    mounts: [
      ...cacheMounts({
        runtime: wish.runtime,
        scope: request.cacheScope,
        commands: [...wish.preBuild, ...wish.build, ...wish.postBuild, ...wish.preRun],
        startCommand: wish.startCommand,
      }),
      ...request.secretIds.map((secretId) => ({ secretId })),
    ],
    port: wish.run.port,
  };
  return {
    dockerfile: renderManagedDockerfile(build),
    target: PACKAGING_STAGE,
    buildArguments: {},
    partOfStage: partOfStage(build),
    ignore: [],
    contextDirectory: ".",
    run: wish.run,
    remarks: [...supportRemarks(wish.runtime, base.version, request.today), ...nodeRemarks],
  };
}

/**
 * The API gives one line, such as `npm ci && npm run build`. Where its first command installs dependencies, which leaves
 * nothing behind in the shell, two commands are the same as one.
 */
async function withInstallApart(tree: SourceTree, directory: string, wish: Wish): Promise<Wish> {
  const [line = "", ...others] = wish.build;
  const [install = "", ...rest] = line.split(" && ");
  const remainder = rest.join(" && ");
  // After another operator, or within quotes, && would mean something else.
  const isSequence = rest.length > 0 && !/[|;&#\n\r]/.test(remainder.replaceAll("&&", ""));
  const isFirst = wish.preBuild.length === 0;
  if (!isSequence || !isFirst) return wish;
  const manifests = await findManifests(tree, directory, wish.runtime.language, install);
  return manifests === null ? wish : { ...wish, build: [install, remainder, ...others] };
}

/**
 * Packages of Python land outside `/app`, so that they can be there before the application is. Of the other languages
 * they land beside it.
 */
async function preRunManifests(
  tree: SourceTree,
  directory: string,
  { runtime, preRun }: Wish,
): Promise<readonly string[] | null> {
  return runtime.language === "python" ? findManifests(tree, directory, "python", preRun[0]) : null;
}

async function readWish(tree: SourceTree, source: CodeSource, directory: string): Promise<Wish> {
  if (source.configurationSource === "API") return wishOfValues(source);
  const file = await readAppRunnerFile(tree, directory);
  if (file !== null) return wishOfFile(file);
  const where = directory === "" ? "the repository's root" : `the source directory ${directory}`;
  throw new BuildError(
    "configuration",
    `App Runner configuration file ${APPRUNNER_FILE} not found in ${where}. Add it, or give the configuration with ConfigurationSource API.`,
  );
}

function wishOfFile(file: AppRunnerFile): Wish {
  const port = file.port ?? DEFAULT_PORT;
  return {
    ...file,
    startCommand: file.command,
    run: {
      port,
      command: startArguments(file.command, "run.command"),
      environment: {
        ...file.environment,
        ...(file.portVariable !== null && { [file.portVariable]: port }),
      },
      environmentSecrets: file.environmentSecrets,
    },
  };
}

const VALUES = "CodeConfigurationValues";

function wishOfValues({ values }: CodeSource): Wish {
  if (values === null)
    throw new BuildError("configuration", `${VALUES}: missing for ConfigurationSource API`);
  const runtime = findRuntime(values.runtime);
  if (runtime === undefined) {
    const valid = runtimes.map(({ name }) => name).join(", ");
    throw new BuildError(
      "runtime",
      `${VALUES}.Runtime: ${values.runtime} is not a runtime. Valid ones: ${valid}`,
    );
  }
  const startCommand = values.startCommand?.trim() ?? "";
  if (startCommand === "") {
    throw new BuildError("configuration", `${VALUES}.StartCommand: missing; for example npm start`);
  }
  const buildCommand = values.buildCommand?.trim() ?? "";
  if (buildCommand.includes("\0")) {
    throw new BuildError("configuration", `${VALUES}.BuildCommand: must not hold the character NUL`);
  }
  return {
    runtime,
    runtimeVersion: null,
    preBuild: [],
    build: buildCommand === "" ? [] : [buildCommand],
    postBuild: [],
    preRun: [],
    buildEnvironment: {},
    startCommand,
    run: {
      port: values.port,
      command: startArguments(startCommand, `${VALUES}.StartCommand`),
      environment: values.environment,
      environmentSecrets: values.environmentSecrets,
    },
  };
}

function supportRemarks(runtime: Runtime, version: string, today: string): readonly string[] {
  const end = findLine(runtime, version)?.endOfSupport ?? null;
  if (end === null || end >= today) return [];
  const newer = runtimes
    .filter(
      ({ language, lines }) =>
        language === runtime.language && isSupported(lines.at(-1)?.endOfSupport, today),
    )
    .map(({ yamlName }) => yamlName);
  const advice = newer.length === 0 ? "" : ` Still supported: ${newer.join(", ")}.`;
  return [
    `Support of ${runtime.yamlName} (${version}) ended on ${end}: it gets no more security updates.${advice}`,
  ];
}

function isSupported(end: string | null | undefined, today: string): boolean {
  return end === null || (end !== undefined && end >= today);
}
