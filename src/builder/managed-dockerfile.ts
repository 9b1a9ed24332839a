/**
 * The Dockerfile of a managed runtime. Stages are named as App Runner names them; which part of a build each belongs to
 * is `partOfStage`.
 *
 * Original build: the image that builds also runs. The commands of one part share one shell, so that `cd` lasts from one
 * to the next. Revised build: one RUN per command, then `/app` goes to the run image, where pre-run commands follow.
 * In both the whole repository is in `/app`, and what post-build commands do is not in the image: they follow once it is
 * known what the application is, to test or publish it.
 */
import type { Runtime } from "../domain/runtime.ts";
import type { BuildLine } from "../ports/builder.ts";
import {
  type CacheMount,
  type SecretMount,
  runInOneShell,
  runInstruction,
  splitVariables,
  type Variables,
  workdirInstruction,
} from "./dockerfile.ts";
import { joinPath } from "./source-tree.ts";

export interface ManagedBuild {
  readonly runtime: Runtime;
  readonly buildImage: string;
  readonly runImage: string;
  /** Relative to the repository's root; "" is the root. */
  readonly sourceDirectory: string;
  readonly preBuild: readonly string[];
  readonly build: readonly string[];
  readonly postBuild: readonly string[];
  readonly preRun: readonly string[];
  readonly environment: Variables;
  /** What the first command of the build reads; null: it may read all of the source. */
  readonly manifests: readonly string[] | null;
  /** What the first pre-run command reads, beside what it was built with. */
  readonly preRunManifests: readonly string[] | null;
  /** For every command. */
  readonly mounts: readonly (CacheMount | SecretMount)[];
  readonly port: string;
}

export const DEPENDENCIES_STAGE = "dependencies-stage";
export const PRE_BUILD_STAGE = "pre-build-stage";
export const BUILD_STAGE = "build-stage";
export const POST_BUILD_STAGE = "post-build-stage";
export const PACKAGING_STAGE = "packaging-stage";

const IMAGE_NAME = /^[\w][\w./:@-]*$/;
/** An empty directory of the post-build stage: copied, so that the image is not finished before that stage is. */
const POST_BUILD_MARK = "/.slipway-post-build";

/** Stage → the prefix of its lines in the log. */
export function partOfStage(build: ManagedBuild): Readonly<Record<string, BuildLine["part"]>> {
  return {
    [DEPENDENCIES_STAGE]: build.preBuild.length > 0 ? "PreBuild" : "Build",
    [PRE_BUILD_STAGE]: "PreBuild",
    [BUILD_STAGE]: "Build",
    [POST_BUILD_STAGE]: "PostBuild",
    [PACKAGING_STAGE]: "PreRun",
  };
}

export function renderManagedDockerfile(build: ManagedBuild): string {
  const stages = [
    ...dependenciesStage(build),
    preBuildStage(build),
    buildStage(build),
    ...(build.postBuild.length > 0 ? [postBuildStage(build)] : []),
    packagingStage(build),
  ];
  return `${stages.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

type Stage = readonly string[];

/** The first command with what it reads, alone: its result holds until one of these files changes. */
function dependenciesStage(build: ManagedBuild): readonly Stage[] {
  const [command] = installFirst(build);
  if (build.manifests === null || command === undefined) return [];
  return [
    [
      from(build.buildImage, DEPENDENCIES_STAGE),
      ...environmentLines(build),
      workdir(build),
      ...copyFiles(build.manifests, build.sourceDirectory, null),
      ...runLines(build, [command]),
    ],
  ];
}

function preBuildStage(build: ManagedBuild): Stage {
  const hasLayer = build.manifests !== null;
  const commands = hasLayer ? build.preBuild.slice(1) : build.preBuild;
  return [
    hasLayer ? from(DEPENDENCIES_STAGE, PRE_BUILD_STAGE) : from(build.buildImage, PRE_BUILD_STAGE),
    ...(hasLayer ? [] : environmentLines(build)),
    "COPY . /app",
    // What the install command wrote into its manifests, a lock file for instance, it would have written later too.
    ...copyFiles(build.manifests ?? [], build.sourceDirectory, DEPENDENCIES_STAGE),
    workdir(build),
    ...runLines(build, commands),
  ];
}

function buildStage(build: ManagedBuild): Stage {
  const isFirstDone = build.manifests !== null && build.preBuild.length === 0;
  const commands = isFirstDone ? build.build.slice(1) : build.build;
  return [from(PRE_BUILD_STAGE, BUILD_STAGE), ...runLines(build, commands)];
}

function postBuildStage(build: ManagedBuild): Stage {
  return [
    from(BUILD_STAGE, POST_BUILD_STAGE),
    ...runLines(build, build.postBuild),
    `WORKDIR ${POST_BUILD_MARK}`,
  ];
}

function packagingStage(build: ManagedBuild): Stage {
  return [
    ...(build.runtime.build === "original"
      ? [from(BUILD_STAGE, PACKAGING_STAGE)]
      : [from(build.runImage, PACKAGING_STAGE), ...revisedPackaging(build)]),
    ...(build.postBuild.length > 0 ? [`COPY --from=${POST_BUILD_STAGE} ${POST_BUILD_MARK}/ /app/`] : []),
    `EXPOSE ${build.port}`,
    // An entry point of the base image would take the start command for its own arguments.
    "ENTRYPOINT []",
  ];
}

/** No ENV here, for it would be in the finished image: pre-run commands get the build's variables as words. */
function revisedPackaging(build: ManagedBuild): readonly string[] {
  const run = (command: string): string => runInstruction(command, build.mounts, build.environment);
  const first = build.preRunManifests === null ? [] : build.preRun.slice(0, 1);
  return [
    ...(first.length === 0 ? [] : [workdir(build)]),
    ...copyFiles(first.length === 0 ? [] : (build.preRunManifests ?? []), build.sourceDirectory, BUILD_STAGE),
    ...first.map(run),
    `COPY --from=${BUILD_STAGE} /app /app`,
    workdir(build),
    ...build.preRun.slice(first.length).map(run),
  ];
}

/** Commands of one part, as the runtime's build runs them. */
function runLines(build: ManagedBuild, commands: readonly string[]): readonly string[] {
  if (build.runtime.build === "original" && commands.length > 1) {
    return [runInOneShell(commands, build.mounts, inlineVariables(build))];
  }
  return commands.map((command) => runInstruction(command, build.mounts, inlineVariables(build)));
}

function environmentLines(build: ManagedBuild): readonly string[] {
  return build.runtime.build === "original" ? [] : splitVariables(build.environment).lines;
}

/** The image of an original build is the one it was built in: no ENV may stay there. */
function inlineVariables(build: ManagedBuild): Variables {
  return build.runtime.build === "original" ? build.environment : splitVariables(build.environment).inline;
}

function installFirst(build: ManagedBuild): readonly string[] {
  return [...build.preBuild, ...build.build];
}

function workdir(build: ManagedBuild): string {
  return workdirInstruction(absolute(build.sourceDirectory));
}

function from(image: string, stage: string): string {
  if (!IMAGE_NAME.test(image)) throw new Error(`not the name of an image: ${JSON.stringify(image)}`);
  return `FROM ${image} AS ${stage}`;
}

/** One COPY per directory, from the context or a stage. The names hold nothing that means something to COPY. */
function copyFiles(
  names: readonly string[],
  sourceDirectory: string,
  stage: string | null,
): readonly string[] {
  const byDirectory = Map.groupBy(names, (name) => name.split("/").slice(0, -1).join("/"));
  return [...byDirectory].map(([directory, files]) => {
    const sources = files.map((file) =>
      stage === null ? joinPath(sourceDirectory, file) : absolute(joinPath(sourceDirectory, file)),
    );
    const target = `${absolute(joinPath(sourceDirectory, directory))}/`;
    return `COPY ${stage === null ? "" : `--from=${stage} `}${[...sources, target].join(" ")}`;
  });
}

function absolute(path: string): string {
  return path === "" ? "/app" : `/app/${path}`;
}
