/**
 * What the heart needs from whatever turns a source tree into an image. Implementation: `builder/` (BuildKit of the
 * Docker Engine).
 *
 * A build that is repeated after a crash does no harm: finished layers come from the cache. Nothing of a build that was
 * aborted keeps running.
 */
import type { CodeSource, RunSettings } from "../domain/code-source.ts";

export interface Builder {
  /**
   * Plans and builds. Waits in the queue of this node first; a newer build of the same service takes the place of an
   * older waiting one, which ends with BuildError "superseded". Throws BuildError for whatever the user can mend.
   */
  build(request: BuildRequest, signal: AbortSignal): Promise<BuiltImage>;
}

export interface BuildRequest {
  readonly serviceId: string;
  readonly operationId: string;
  /** The checked-out repository, without `.git`. Its content is hostile. */
  readonly treeDirectory: string;
  readonly source: CodeSource;
  /** From the service's extensions; null: what the source says. */
  readonly dockerfile: DockerfileBuild | null;
  /**
   * Id → value. A command may read it under `/run/secrets/<id>`; it is in no layer, no key of the cache and no line of the
   * log. A user's Dockerfile mounts it itself: `RUN --mount=type=secret,id=<id>`.
   */
  readonly secrets: Readonly<Record<string, string>>;
  /** Others that must not be in the log: what instances get. Asked after `onPlan`. */
  readonly maskedValues: () => Promise<readonly string[]>;
  /** Told what the instances need before anything is built; a build whose instances could not have it ends by throwing. */
  readonly onPlan: (planned: Pick<RunSettings, "environmentSecrets">) => Promise<void>;
  /** Told in order, as it happens. Lines are single lines without control characters, at most 8 KiB. */
  readonly onLine: (line: BuildLine) => void;
}

/** A build by the repository's own Dockerfile instead of a managed runtime. */
export interface DockerfileBuild {
  /** Relative to the source directory. */
  readonly path: string;
  readonly target: string | null;
  readonly buildArguments: Readonly<Record<string, string>>;
}

export interface BuildLine {
  /** The prefix App Runner gives the lines of each part of a build. */
  readonly part: "AppRunner" | "PreBuild" | "Build" | "PostBuild" | "PreRun";
  readonly text: string;
}

export interface BuiltImage {
  /** Content address of the image on the engine (`sha256:…`). */
  readonly imageId: string;
  readonly run: RunSettings;
}

/** The build failed for a reason the user can mend. */
export class BuildError extends Error {
  override readonly name = "BuildError";
  readonly problem:
    | "configuration" // apprunner.yaml, Dockerfile or the plan: the message names file, line and column
    | "runtime" // unknown, or not to be had on this machine
    | "command" // a command of the build ended with another exit code than 0
    | "out-of-memory"
    | "disk-full"
    | "deadline"
    | "superseded"
    | "engine";
  /** Of the failing command. */
  readonly exitCode: number | null;
  /** The last lines of output, oldest first; at most 100. */
  readonly logLines: readonly string[];

  constructor(
    problem: BuildError["problem"],
    message: string,
    details: {
      readonly exitCode?: number;
      readonly logLines?: readonly string[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.problem = problem;
    this.exitCode = details.exitCode ?? null;
    this.logLines = details.logLines ?? [];
  }
}
