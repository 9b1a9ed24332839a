/** CodeRepository of CreateService and UpdateService. */
import type * as Wire from "../../contract/index.ts";
import type { CodeConfigurationValues, CodeSource } from "../../domain/code-source.ts";
import { commandOfRuntime } from "../../domain/command-line.ts";
import { assertPort, DEFAULT_PORT, environmentFromWire, invalid } from "./container-from-wire.ts";

const REPOSITORY = "SourceConfiguration.CodeRepository";
const VALUES = `${REPOSITORY}.CodeConfiguration.CodeConfigurationValues`;

/** What is not sent keeps its value; sent values replace the whole of those present, as ImageConfiguration does. */
export function codeFromWire(given: Wire.CodeRepository, present: CodeSource | null): CodeSource {
  const sourceDirectory = given.SourceDirectory ?? present?.sourceDirectory ?? "/";
  assertSourceDirectory(sourceDirectory, `${REPOSITORY}.SourceDirectory`);
  assertBranch(given.SourceCodeVersion.Value, `${REPOSITORY}.SourceCodeVersion.Value`);
  return {
    kind: "code",
    repositoryUrl: given.RepositoryUrl,
    branch: given.SourceCodeVersion.Value,
    sourceDirectory,
    ...configurationFromWire(given.CodeConfiguration, present),
  };
}

/** Without a configuration `apprunner.yaml` is looked for. */
function configurationFromWire(
  given: Wire.CodeConfiguration | undefined,
  present: CodeSource | null,
): Pick<CodeSource, "configurationSource" | "values"> {
  if (given === undefined) {
    const { configurationSource = "REPOSITORY", values = null } = present ?? {};
    return { configurationSource, values };
  }
  if (given.ConfigurationSource === "REPOSITORY") return { configurationSource: "REPOSITORY", values: null };
  if (given.CodeConfigurationValues === undefined) {
    throw invalid(VALUES, "must be given when ConfigurationSource is API");
  }
  return { configurationSource: "API", values: valuesFromWire(given.CodeConfigurationValues) };
}

function valuesFromWire(given: Wire.CodeConfigurationValues): CodeConfigurationValues {
  const { Port: port = DEFAULT_PORT, StartCommand: startCommand = null } = given;
  assertPort(port, VALUES);
  if (startCommand !== null) commandOfRuntime(startCommand, `${VALUES}.StartCommand`);
  return {
    runtime: given.Runtime,
    buildCommand: given.BuildCommand ?? null,
    startCommand,
    port,
    ...environmentFromWire(given, VALUES),
  };
}

/** Absolute within the repository, and inside of it. [App Runner: SourceDirectory] */
export function assertSourceDirectory(directory: string, path: string): void {
  if (!directory.startsWith("/")) throw invalid(path, 'must begin with "/", the root of the repository');
  const parts = directory.split("/");
  if (parts.includes("..") || parts.includes(".")) throw invalid(path, 'must not hold "." or ".."');
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\u0000-\u001f\u007f\\]/.test(directory)) {
    throw invalid(path, "must not hold control characters or backslashes");
  }
}

/** As `git check-ref-format --branch` has it. */
export function assertBranch(branch: string, path: string): void {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  const isWrong = /^[-/.]|\.\.|@\{|\/\/|\/\.|[/.]$|\.lock(\/|$)|[\u0000-\u0020\u007f~^:?*[\\]/.test(branch);
  if (isWrong || branch === "@") throw invalid(path, "is not a name a branch can have");
}
