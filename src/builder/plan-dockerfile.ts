/** The plan for a repository's own Dockerfile. The context is the source directory. */
import { BuildError, type DockerfileBuild } from "../ports/builder.ts";
import { readAppRunnerFile } from "./apprunner-file.ts";
import type { BuildPlan, PlannedRun, PlanRequest } from "./build-plan.ts";
import { joinPath, normalizePath, type SourceTree } from "./source-tree.ts";
import { startArguments } from "./start-command.ts";
import { ignorePatterns, withoutSyntaxLine } from "./user-dockerfile.ts";
import { quote } from "./yaml-reader.ts";

const DOCKERFILE_MAX_BYTES = 512 * 1024;
const IGNORE_FILE_MAX_BYTES = 64 * 1024;
/** Arguments that steer the engine's reader of Dockerfiles, up to replacing it by an image. */
const ENGINES_ARGUMENT = /^BUILDKIT_/i;
/** Caches that a Dockerfile mounts are its service's own: under a shared id it could change what others build from. */
const CACHE_NAMESPACE = "BUILDKIT_CACHE_MOUNT_NS";
const ARGUMENT_NAME = /^[A-Za-z_]\w*$/;
const STAGE = /^[A-Za-z0-9][\w.-]*$/;

/** Throws BuildError "configuration". */
export async function planDockerfile(
  tree: SourceTree,
  request: PlanRequest,
  dockerfile: DockerfileBuild,
): Promise<BuildPlan> {
  const directory = normalizePath(request.source.sourceDirectory);
  const path = joinPath(directory, dockerfile.path);
  assertSettings(dockerfile);
  const text = await tree.readText(path, DOCKERFILE_MAX_BYTES);
  if (text === null) {
    throw new BuildError(
      "configuration",
      `${path} not found in the repository; its path is taken from the source directory`,
    );
  }
  const { text: safeText, remarks } = withoutSyntaxLine(text, path);
  const { run, remarks: runRemarks } = await runOf(tree, request, directory);
  return {
    dockerfile: safeText,
    target: dockerfile.target,
    buildArguments: { ...dockerfile.buildArguments, [CACHE_NAMESPACE]: `dockerfile-${request.cacheScope}` },
    partOfStage: {},
    ignore: await readIgnoreFile(tree, directory, path),
    contextDirectory: directory === "" ? "." : directory,
    run,
    remarks: [...remarks, ...runRemarks],
  };
}

function assertSettings({ target, buildArguments }: DockerfileBuild): void {
  if (target !== null && !STAGE.test(target)) {
    throw new BuildError("configuration", `${quote(target)} is not the name of a stage`);
  }
  for (const [name, value] of Object.entries(buildArguments)) {
    if (!ARGUMENT_NAME.test(name) || value.includes("\0")) {
      throw new BuildError("configuration", `${quote(name)} cannot be a build argument`);
    }
    if (ENGINES_ARGUMENT.test(name)) {
      throw new BuildError(
        "configuration",
        `${name}: build arguments that begin with BUILDKIT_ are reserved`,
      );
    }
  }
}

/** As BuildKit does: the Dockerfile's own ignore file before that of the context. */
async function readIgnoreFile(tree: SourceTree, directory: string, path: string): Promise<readonly string[]> {
  const own = await tree.readText(`${path}.dockerignore`, IGNORE_FILE_MAX_BYTES);
  const text = own ?? (await tree.readText(joinPath(directory, ".dockerignore"), IGNORE_FILE_MAX_BYTES));
  return text === null ? [] : ignorePatterns(text);
}

/** The API's values, or what `apprunner.yaml` says of ports and variables; otherwise all is the image's own. */
async function runOf(
  tree: SourceTree,
  { source }: PlanRequest,
  directory: string,
): Promise<{ run: PlannedRun; remarks: readonly string[] }> {
  if (source.values !== null) {
    const { startCommand, ...values } = source.values;
    const isGiven = startCommand !== null && startCommand.trim() !== "";
    const command = isGiven ? startArguments(startCommand, "CodeConfigurationValues.StartCommand") : null;
    const { port, environment, environmentSecrets } = values;
    return { run: { port, command, environment, environmentSecrets }, remarks: [] };
  }
  const file = await readAppRunnerFile(tree, directory);
  if (file === null) {
    return { run: { port: null, command: null, environment: {}, environmentSecrets: {} }, remarks: [] };
  }
  const { environment, environmentSecrets, port } = file;
  return {
    run: { port, command: null, environment, environmentSecrets },
    remarks: [
      "Of apprunner.yaml only port, variables and secrets are used: the Dockerfile says how it is built and started.",
    ],
  };
}
