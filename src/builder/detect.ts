/**
 * What a repository seems to be, and the configuration that would build and run it: a suggestion, said in sentences, that
 * a person can take or change. Nothing is run, and nothing is guessed where two answers are as likely.
 */
import type { CodeConfigurationValues } from "../domain/code-source.ts";
import type { Runtime } from "../domain/runtime.ts";
import { BuildError, type DockerfileBuild } from "../ports/builder.ts";
import { APPRUNNER_FILE, readAppRunnerFile } from "./apprunner-file.ts";
import { DEFAULT_PORT } from "./build-plan.ts";
import { type Detector, type Finding, SourceDirectory } from "./detection/finding.ts";
import { detectNode } from "./detection/node.ts";
import {
  detectDotnet,
  detectGo,
  detectJava,
  detectPages,
  detectPhp,
  detectRuby,
} from "./detection/others.ts";
import { detectPython } from "./detection/python.ts";
import { detectScript } from "./detection/script.ts";
import { normalizePath, type SourceTree } from "./source-tree.ts";

export interface Detection {
  readonly configurationSource: "API" | "REPOSITORY";
  /** Null for REPOSITORY. */
  readonly values: CodeConfigurationValues | null;
  /** Not null: by this Dockerfile. */
  readonly dockerfile: DockerfileBuild | null;
  /** What was found and decided. */
  readonly sentences: readonly string[];
}

/** package.json comes late: applications in other languages have one for their pages. */
const detectors: readonly Detector[] = [
  detectGo,
  detectJava,
  detectDotnet,
  detectRuby,
  detectPhp,
  detectPython,
  detectNode,
  detectScript,
  detectPages,
];
const LOOKED_FOR =
  "apprunner.yaml, Dockerfile, go.mod, pom.xml, build.gradle, *.csproj, Gemfile, composer.json, index.php, requirements.txt, pyproject.toml, Pipfile, package.json, app.py, server.js, index.html";
const LISTEN = "The application must listen on 0.0.0.0 and on the port that the variable PORT names.";

/**
 * `canBeHad`: whether this machine has the images of a runtime or can make them. Throws BuildError "configuration" that
 * says what was looked for, or what is wrong in the file that says how to build.
 */
export async function detectSource(
  tree: SourceTree,
  sourceDirectory: string,
  canBeHad: (runtime: Runtime) => boolean = () => true,
): Promise<Detection> {
  const directory = new SourceDirectory(tree, normalizePath(sourceDirectory), canBeHad);
  if ((await readAppRunnerFile(tree, normalizePath(sourceDirectory))) !== null)
    return asWritten(null, `Found ${APPRUNNER_FILE}: it says how to build and run.`);
  if (await directory.has("Dockerfile")) {
    const dockerfile = { path: "Dockerfile", target: null, buildArguments: {} };
    return asWritten(
      dockerfile,
      `Found Dockerfile: it says how to build and run; the port is the one it exposes. ${LISTEN}`,
    );
  }
  const missing: string[] = [];
  for (const detect of detectors) {
    const finding = await detect(directory);
    if (typeof finding === "string") missing.push(finding);
    else if (finding !== null) return suggestion(finding, await procfileStart(directory));
  }
  throw nothingFits(missing);
}

function asWritten(dockerfile: DockerfileBuild | null, sentence: string): Detection {
  return { configurationSource: "REPOSITORY", values: null, dockerfile, sentences: [sentence] };
}

function suggestion(finding: Finding, procfile: string | null): Detection {
  const { runtime, build, environment, what } = finding;
  const start = procfile === null ? finding.start : `${finding.startPrefix ?? ""}${procfile}`;
  const buildText = build === null ? "nothing to build" : `build \`${build}\``;
  const found = procfile === null ? what : `${what}, and a Procfile`;
  return {
    configurationSource: "API",
    values: {
      runtime: runtime.name,
      buildCommand: build,
      startCommand: start,
      port: DEFAULT_PORT,
      environment,
      environmentSecrets: {},
    },
    dockerfile: null,
    sentences: [
      `Found ${found}: runtime ${runtime.name}, ${buildText}, start \`${start}\`, port ${DEFAULT_PORT}.`,
      ...Object.entries(environment).map(([name, value]) => `Sets the variable ${name} to ${value}.`),
      LISTEN,
    ],
  };
}

/** The command of `web:`, on one line. */
async function procfileStart(directory: SourceDirectory): Promise<string | null> {
  const text = (await directory.read("Procfile")) ?? "";
  const command = /^web:(.*)/m.exec(text)?.[1]?.trim() ?? "";
  return command === "" ? null : command;
}

function nothingFits(missing: readonly string[]): BuildError {
  const details = missing.length === 0 ? `Looked for ${LOOKED_FOR}` : `Looked closer: ${missing.join("; ")}`;
  return new BuildError(
    "configuration",
    `Nothing here says how to build and run it. ${details}. Add an ${APPRUNNER_FILE} or a Dockerfile, name runtime and start command, or give the source directory.`,
  );
}
