/**
 * `apprunner.yaml`: how a repository says by itself how it is built and run. Read strictly: an unknown key is a mistake
 * that would otherwise be noticed in production. Every problem is one line with file, line, column, path and remedy;
 * values never appear in them, for they may be secret.
 */
import { findRuntime, runtimes, versionProblem, type Runtime } from "../domain/runtime.ts";
import { referenceProblem } from "../domain/secret-reference.ts";
import { BuildError } from "../ports/builder.ts";
import { joinPath, type SourceTree } from "./source-tree.ts";
import { describe, type Located, pathOf, quote, type Section, YamlReader } from "./yaml-reader.ts";
import { type Problem, readYaml, type YamlValue } from "./yaml-value.ts";

export interface AppRunnerFile {
  readonly runtime: Runtime;
  readonly runtimeVersion: string | null;
  readonly preBuild: readonly string[];
  readonly build: readonly string[];
  readonly postBuild: readonly string[];
  readonly preRun: readonly string[];
  readonly buildEnvironment: Readonly<Record<string, string>>;
  readonly command: string;
  /** Decimal digits; null when the file does not say. */
  readonly port: string | null;
  /** A variable that gets the port too, besides PORT. */
  readonly portVariable: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentSecrets: Readonly<Record<string, string>>;
}

export const APPRUNNER_FILE = "apprunner.yaml";

const FILE_MAX_BYTES = 65_536;
const PROBLEMS_MAX = 10;
const SECRET_REFERENCE_MAX_CHARACTERS = 2048;
const RESERVED_NAME = /^AWS_?APPRUNNER/i;

/** The file of a source directory; null when there is none. Throws BuildError "configuration". */
export async function readAppRunnerFile(tree: SourceTree, directory: string): Promise<AppRunnerFile | null> {
  const path = joinPath(directory, APPRUNNER_FILE);
  const text = await tree.readText(path, FILE_MAX_BYTES);
  return text === null ? null : parseAppRunnerFile(text, path);
}

/** As it is written, for who looks at it. */
export interface ShownFile {
  readonly path: string;
  readonly text: string;
  readonly problems: readonly Problem[];
}

/** The file with what is wrong in it; null when there is none. Throws BuildError for what is no text of a bearable size. */
export async function showAppRunnerFile(tree: SourceTree, directory: string): Promise<ShownFile | null> {
  const path = joinPath(directory, APPRUNNER_FILE);
  const text = await tree.readText(path, FILE_MAX_BYTES);
  return text === null ? null : { path, text, problems: readText(text).problems.slice(0, PROBLEMS_MAX) };
}

/** `path` begins each line of the error. Throws BuildError "configuration". */
export function parseAppRunnerFile(text: string, path: string = APPRUNNER_FILE): AppRunnerFile {
  const { file, problems } = readText(text);
  if (file === null || problems.length > 0) throw refusal(problems, path);
  return file;
}

function readText(text: string): {
  readonly file: AppRunnerFile | null;
  readonly problems: readonly Problem[];
} {
  const { value, problems } = readYaml(text);
  if (value === null) return { file: null, problems };
  const reader = new FileReader();
  const file = reader.read(value);
  return { file, problems: reader.problems };
}

function refusal(problems: readonly Problem[], path: string): BuildError {
  const lines = problems
    .slice(0, PROBLEMS_MAX)
    .map(({ at, text }) => `${path}:${at.line}:${at.column}: ${text}`);
  const rest = problems.length - PROBLEMS_MAX;
  if (rest > 0) lines.push(`${path}: … and ${rest} more`);
  return new BuildError("configuration", lines.join("\n"));
}

class FileReader extends YamlReader {
  read(value: YamlValue): AppRunnerFile | null {
    const root = this.section(value, "", ["version", "runtime", "build", "run"]);
    this.#version(root);
    const runtime = this.#runtime(root);
    const build = this.section(root.get("build"), "build", ["commands", "env"]);
    const commandKeys = ["pre-build", "build", "post-build"];
    const commands = this.section(build.get("commands"), "build.commands", commandKeys);
    const runKeys = ["runtime-version", "pre-run", "command", "network", "env", "secrets"];
    const run = this.section(root.get("run"), "run", runKeys);
    const network = this.section(run.get("network"), "run.network", ["port", "env"]);
    const runtimeVersion = this.#runtimeVersion(run, runtime);
    const runNames = new Map<string, number>();
    const portVariable = this.#portVariable(network, runNames);
    const file = {
      runtimeVersion,
      preBuild: this.#commands(commands, "pre-build"),
      build: this.#commands(commands, "build"),
      postBuild: this.#commands(commands, "post-build"),
      preRun: this.#preRun(run, runtime),
      buildEnvironment: this.#pairs(build, "env", "value", new Map()),
      command: this.#startCommand(run),
      port: this.#port(network),
      portVariable,
      environment: this.#pairs(run, "env", "value", runNames),
      environmentSecrets: this.#pairs(run, "secrets", "value-from", runNames),
    };
    return runtime === null ? null : { runtime, ...file };
  }

  #version(root: Section): void {
    const version = this.requiredText(root, "version", "missing; write version: 1.0");
    if (version === null || /^1(?:\.0+)?$/.test(version.text)) return;
    this.refuse(version.at, version.path, `${quote(version.text)} is not known; write version: 1.0`);
  }

  #runtime(root: Section): Runtime | null {
    const valid = `Valid ones: ${runtimes.map(({ yamlName }) => yamlName).join(", ")}`;
    const name = this.requiredText(root, "runtime", `missing. ${valid}`);
    if (name === null) return null;
    const runtime = findRuntime(name.text);
    if (runtime !== undefined) return runtime;
    this.refuse(name.at, name.path, `${quote(name.text)} is not a runtime. ${valid}`);
    return null;
  }

  #runtimeVersion(run: Section, runtime: Runtime | null): string | null {
    const version = this.text(run.get("runtime-version"), "run.runtime-version");
    const problem = version === null || runtime === null ? null : versionProblem(runtime, version.text);
    if (version !== null && problem !== null) {
      this.refuse(version.at, version.path, `${quote(version.text)} ${problem}`);
    }
    return version?.text ?? null;
  }

  #preRun(run: Section, runtime: Runtime | null): readonly string[] {
    const commands = this.#commands(run, "pre-run");
    if (commands.length > 0 && runtime?.build === "original") {
      const text = `${runtime.yamlName} knows no pre-run commands; put them under build.commands.build`;
      this.refuse(run.keyPosition("pre-run") ?? { line: 1, column: 1 }, "run.pre-run", text);
    }
    return commands;
  }

  #startCommand(run: Section): string {
    const missing = "missing; write the start command as one text, for example command: npm start";
    const command = this.requiredText(run, "command", missing);
    if (command === null) return "";
    this.#refuseUnusable(command);
    return command.text.trim();
  }

  #commands(section: Section, key: string): readonly string[] {
    const path = pathOf(section.path, key);
    return this.items(section.get(key), path, "npm ci").flatMap(({ value, path }) => {
      const command = this.#command(value, path);
      return command === null ? [] : [command];
    });
  }

  #command(value: YamlValue, path: string): string | null {
    if (value.kind !== "text") {
      const hint =
        value.kind === "map" ? "; put the command in quotes, because it holds a colon and a blank" : "";
      this.refuse(value.at, path, `must be a command as one text; found ${describe(value)}${hint}`);
      return null;
    }
    this.#refuseUnusable({ at: value.at, path, text: value.text });
    return value.text.trim();
  }

  #refuseUnusable({ at, path, text }: Located): void {
    if (text.trim() === "") this.refuse(at, path, "must not be empty");
    if (text.includes("\0")) this.refuse(at, path, "must not hold the character NUL");
  }

  #port(network: Section): string | null {
    const port = this.text(network.get("port"), "run.network.port");
    if (port === null) return null;
    if (/^[1-9]\d{0,4}$/.test(port.text) && Number(port.text) <= 65_535) return port.text;
    this.refuse(port.at, port.path, `${quote(port.text)} is not a port; write a number from 1 to 65535`);
    return null;
  }

  #portVariable(network: Section, names: Map<string, number>): string | null {
    const name = this.text(network.get("env"), "run.network.env");
    // PORT gets the port in any case.
    if (name === null || name.text === "PORT") return null;
    return this.#isName(name, names) ? name.text : null;
  }

  /** A list of {name, value} or {name, value-from}. `names`: those that are taken, with the line where they are. */
  #pairs(
    section: Section,
    key: string,
    valueKey: "value" | "value-from",
    names: Map<string, number>,
  ): Readonly<Record<string, string>> {
    const example = `{ name: NAME, ${valueKey}: "…" }`;
    const pairs = this.items(section.get(key), pathOf(section.path, key), example).flatMap((item) => {
      const pair = this.section(item.value, item.path, ["name", valueKey]);
      const at = item.value.at;
      if (item.value.kind === "empty") this.refuse(at, item.path, `nothing here; write ${example}`);
      if (pair.at === null) return [];
      const name = this.requiredText(pair, "name", `missing; write ${example}`);
      const value = valueKey === "value" ? this.#plainValue(pair, example) : this.#reference(pair, example);
      if (name === null || value === null || !this.#isName(name, names)) return [];
      return [[name.text, value] as const];
    });
    return Object.fromEntries(pairs);
  }

  #plainValue(pair: Section, example: string): string | null {
    const path = pathOf(pair.path, "value");
    const value = pair.get("value");
    if (value?.kind === "empty") return "";
    const text =
      value === undefined
        ? this.requiredText(pair, "value", `missing; write ${example}`)
        : this.text(value, path);
    if (text?.text.includes("\0")) this.refuse(text.at, path, "must not hold the character NUL");
    return text?.text ?? null;
  }

  #reference(pair: Section, example: string): string | null {
    const reference = this.requiredText(pair, "value-from", `missing; write ${example}`);
    if (reference === null) return null;
    const { at, path, text } = reference;
    const isLong = text.length > SECRET_REFERENCE_MAX_CHARACTERS;
    const problem = isLong
      ? `must have at most ${SECRET_REFERENCE_MAX_CHARACTERS} characters`
      : referenceProblem(text.trim());
    if (problem === null) return text.trim();
    this.refuse(at, path, problem);
    return null;
  }

  #isName(name: Located, names: Map<string, number>): boolean {
    const isOfApplication = name.path.startsWith("run.");
    const problem = (isOfApplication ? reservedProblem(name.text) : null) ?? nameProblem(name.text, names);
    if (problem === null) names.set(name.text, name.at.line);
    else this.refuse(name.at, name.path, problem);
    return problem === null;
  }
}

function reservedProblem(name: string): string | null {
  if (name === "PORT") return "PORT is set by the service to run.network.port; choose another name";
  if (RESERVED_NAME.test(name)) return "names that begin with AWSAPPRUNNER are reserved; choose another name";
  return null;
}

function nameProblem(name: string, taken: ReadonlyMap<string, number>): string | null {
  if (name === "" || /[=\0]/.test(name)) return "a name must not be empty and must hold neither = nor NUL";
  const line = taken.get(name);
  return line === undefined ? null : `${quote(name)} is given already in line ${line}`;
}
