import type * as Wire from "../../contract/index.ts";
import type { OutputOf } from "../../contract/index.ts";
import type { DetectedBuild, DetectedFile, DetectedSource } from "../../ports/source-detector.ts";
import type { Handler } from "../handler.ts";
import { findConnection } from "../resources/connection.ts";
import { explained } from "../resources/source-problem.ts";
import { assertBranch, assertSourceDirectory } from "../wire/code-from-wire.ts";

/** A large repository over a slow line. */
const DEADLINE_MS = 5 * 60_000;

/** Ours: looks into a repository and tells how a service would be built from it. */
export const detectSource: Handler<"DetectSource"> = async (input, { store, scope, sourceDetector }) => {
  const sourceDirectory = input.SourceDirectory ?? "/";
  assertSourceDirectory(sourceDirectory, "SourceDirectory");
  if (input.Branch !== undefined) assertBranch(input.Branch, "Branch");
  const { ConnectionArn: arn } = input;
  const connection = arn === undefined ? null : await findConnection(arn, store, scope);
  const request = {
    repositoryUrl: input.RepositoryUrl,
    branch: input.Branch ?? null,
    sourceDirectory,
    connectionArn: connection?.arn ?? null,
    showsFile: input.ShowFile ?? false,
  };
  const detected = await explained(sourceDetector.detect(request, AbortSignal.timeout(DEADLINE_MS)));
  return toWireDetected(detected, { RepositoryUrl: input.RepositoryUrl, SourceDirectory: sourceDirectory });
};

function toWireDetected(
  { branch, build, remarks, file }: DetectedSource,
  place: Pick<Wire.CodeRepository, "RepositoryUrl" | "SourceDirectory">,
): OutputOf<"DetectSource"> {
  return {
    CodeRepository: {
      ...place,
      SourceCodeVersion: { Type: "BRANCH", Value: branch },
      CodeConfiguration: configurationOf(build),
    },
    DockerfilePath: build.kind === "dockerfile" ? build.path : undefined,
    Remarks: remarks,
    AppRunnerFile: file === null ? undefined : toWireFile(file),
  };
}

function toWireFile({ path, text, problems }: DetectedFile) {
  return {
    Path: path,
    Text: text,
    Problems: problems.map(({ at, text: Message }) => ({ Line: at.line, Column: at.column, Message })),
  };
}

/** A Dockerfile says how by itself, as `apprunner.yaml` does. */
function configurationOf(build: DetectedBuild): Wire.CodeConfiguration {
  if (build.kind !== "runtime") return { ConfigurationSource: "REPOSITORY" };
  return {
    ConfigurationSource: "API",
    CodeConfigurationValues: {
      // The contract knows every runtime of the table.
      Runtime: build.runtime as Wire.Runtime,
      BuildCommand: build.buildCommand ?? undefined,
      StartCommand: build.startCommand ?? undefined,
      Port: build.port,
      RuntimeEnvironmentVariables:
        Object.keys(build.environment).length === 0 ? undefined : build.environment,
    },
  };
}
