/**
 * Keeps the architecture true: who may import whom, no cycles, time and chance only through the clock, no shell.
 * `node tools/check-architecture.ts` prints how much it saw and what is wrong; it fails when it saw nothing.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";

/** Module → modules of ours it may import. `main` is the composition root: it may import all, and nobody imports it. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  domain: [],
  ports: ["domain"],
  operations: ["domain", "ports"],
  autoscaler: ["domain", "ports"],
  api: ["contract", "domain", "ports", "operations"],
  store: ["domain", "ports"],
  engine: ["domain", "ports"],
  edge: ["domain", "ports"],
  builder: ["domain", "ports"],
  sources: ["domain", "ports"],
  domains: ["domain", "ports"],
  secrets: ["domain", "ports"],
  supply: ["domain", "ports"],
  identity: ["domain", "ports"],
  observe: ["domain", "ports"],
  cli: ["contract"],
  console: ["contract"],
};
const ROOT_MODULE = "main";
/** Only types may come over these arrows: neither the command line nor the console carries the server with it. */
const TYPE_ONLY = new Set(["cli → contract", "console → contract"]);
/** These decide, and a decision must come out the same whenever and wherever it is made. */
const CLOCKLESS = new Set(["contract", "domain", "ports", "operations", "autoscaler", "api"]);
const PURE = new Set(["contract", "domain", "autoscaler"]);
const INPUT_OUTPUT =
  /^node:(?:fs|net|tls|http|https|http2|dgram|dns|child_process|cluster|worker_threads|sqlite)(?:\/|$)/;
const LINES_MAX = 400;
const LONG_REASON = /over 400 lines because/i;

interface Import {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
  readonly line: number;
  readonly text: string;
}

export interface Report {
  readonly files: number;
  /** Between modules of ours. */
  readonly crossings: number;
  readonly imports: number;
  /** `path:line: what is wrong`. */
  readonly violations: readonly string[];
}

/** `files`: path from the root of the repository (`src/…`) → text. */
export function checkArchitecture(files: ReadonlyMap<string, string>): Report {
  const violations: string[] = [];
  const graph = new Map<string, readonly string[]>();
  let imports = 0;
  let crossings = 0;
  for (const [path, text] of files) {
    const found = findImports(text);
    imports += found.length;
    const targets: string[] = [];
    for (const one of found) {
      const target = one.specifier.startsWith(".") ? join(dirname(path), one.specifier) : null;
      if (target !== null) targets.push(target);
      if (target !== null && moduleOf(target) !== moduleOf(path)) crossings++;
      const problem = target === null ? packageProblem(path, one) : arrowProblem(path, target, one);
      if (problem !== null) violations.push(`${path}:${one.line}: ${problem}`);
    }
    graph.set(path, targets);
    violations.push(...textProblems(path, text));
  }
  if (files.size === 0) violations.push("no source file was seen");
  else if (crossings === 0) violations.push("no import between modules was seen");
  violations.push(...findCycles(graph));
  return { files: files.size, imports, crossings, violations };
}

const IMPORT =
  /^(?:import|export)\s+(type\s+)?(?:([^"';]*?)\s+from\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;

function findImports(text: string): readonly Import[] {
  return [...withoutComments(text).matchAll(IMPORT)].map((match) => ({
    specifier: match[3] ?? match[4] ?? "",
    isTypeOnly: match[1] !== undefined || isAllTypes(match[2]),
    line: lineAt(text, match.index),
    text: match[0],
  }));
}

/** `{ type A, type B }`. */
function isAllTypes(clause: string | undefined): boolean {
  const names = /^\{(.*)\}$/s
    .exec(clause?.trim() ?? "")?.[1]
    ?.split(",")
    .map((name) => name.trim());
  return names?.every((name) => name === "" || name.startsWith("type ")) ?? false;
}

function arrowProblem(path: string, target: string, { isTypeOnly }: Import): string | null {
  const [from, to] = [moduleOf(path), moduleOf(target)];
  if (!isProgram(target)) return isTest(path) ? null : `imports ${target}, which is not part of the program`;
  if (isTest(target) && !isTest(path)) return `imports the test file ${target}`;
  if (from === to || from === ROOT_MODULE) return null;
  if (to === ROOT_MODULE) return "imports main: only the entry point may know how things are put together";
  if (isTest(path)) return null;
  const allowed = ARROWS[from];
  if (allowed === undefined) return `module ${from} is not in the table of tools/check-architecture.ts`;
  if (!allowed.includes(to)) {
    return `${from} must not import ${to} (${target}); it may import ${allowed.join(", ") || "nothing of ours"}`;
  }
  if (TYPE_ONLY.has(`${from} → ${to}`) && !isTypeOnly)
    return `${from} may import only types of ${to}: use import type`;
  return null;
}

function packageProblem(path: string, { specifier, text }: Import): string | null {
  if (isTest(path)) return null;
  if (PURE.has(moduleOf(path)) && INPUT_OUTPUT.test(specifier)) {
    return `${moduleOf(path)} does no input or output: no ${specifier}`;
  }
  if (specifier === "child_process" || specifier === "node:child_process") return processProblem(text);
  return null;
}

/** Only named imports, so that what is used can be seen. */
function processProblem(text: string): string | null {
  if (/^import\s+(?:type\s+)?\{/.test(text)) {
    return /[{,\s](?:exec|execSync)\b/.test(text) ? "exec goes through a shell: use execFile or spawn" : null;
  }
  return "import child_process's functions by name";
}

const FORBIDDEN = [
  { pattern: /\bshell:\s*(?!false)/g, problem: "no shell: pass an array of arguments", where: "everywhere" },
  { pattern: /\bDate\.now\(/g, problem: "Date.now(): ask the Clock", where: "clockless" },
  { pattern: /\bnew Date\(\s*\)/g, problem: "new Date(): ask the Clock", where: "clockless" },
  { pattern: /\bperformance\.now\(/g, problem: "performance.now(): ask the Clock", where: "clockless" },
  { pattern: /\bMath\.random\(/g, problem: "Math.random(): ask the IdSource", where: "clockless" },
  {
    // Numbers, too: the first one takes 7 MiB, which a process at rest keeps.
    pattern: /\.localeCompare\(|\.toLocale(?:Date|Time)?String\(|\bIntl\./g,
    problem: "no locales, whose tables take 3 to 8 MiB: see src/domain/text-order.ts",
    where: "program",
  },
] as const;

function textProblems(path: string, text: string): string[] {
  const problems: string[] = [];
  const code = withoutComments(text);
  const places = placesOf(path);
  for (const rule of FORBIDDEN) {
    if (!places.includes(rule.where)) continue;
    for (const match of code.matchAll(rule.pattern))
      problems.push(`${path}:${lineAt(text, match.index)}: ${rule.problem}`);
  }
  const lines = text.split("\n").length - 1;
  const header = /^\s*(?:\/\*[\s\S]*?\*\/|(?:\/\/.*\n)+)/.exec(text)?.[0] ?? "";
  if (lines > LINES_MAX && !isTest(path) && !LONG_REASON.test(header)) {
    problems.push(
      `${path}:1: ${lines} lines; split it, or begin its header with "Over ${LINES_MAX} lines because …"`,
    );
  }
  return problems;
}

function placesOf(path: string): readonly (typeof FORBIDDEN)[number]["where"][] {
  if (isTest(path)) return ["everywhere"];
  // The console runs in browsers.
  const program = path.startsWith("src/") ? (["program"] as const) : [];
  return CLOCKLESS.has(moduleOf(path)) ? ["everywhere", "clockless", ...program] : ["everywhere", ...program];
}

/** Comments become spaces, so that offsets stay. Strings that hold comment marks are kept whole. */
function withoutComments(text: string): string {
  const token = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return text.replaceAll(token, (found) => (found.startsWith("/") ? found.replaceAll(/[^\n]/g, " ") : found));
}

function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) cycles.push(`cycle: ${[...trail.slice(start), path].join(" → ")}`);
    if (start !== -1 || done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

function moduleOf(path: string): string {
  const [top = "", module = ""] = path.split("/");
  return top === "src" ? module : top;
}

/** Tests, what several tests share, and fakes may reach further, but never into main. */
function isTest(path: string): boolean {
  return !isProgram(path) || /\.(?:test|contract|fixture)\.ts$|\/(?:testing|fake-[^/]+\.ts$)/.test(path);
}

/** The control plane, the command line, and the console in the browser. */
function isProgram(path: string): boolean {
  return path.startsWith("src/") || path.startsWith("console/src/");
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function readSources(root: string): Map<string, string> {
  const paths = globSync(["src/**/*.ts", "console/src/**/*.{ts,tsx}"], { cwd: root }).sort();
  return new Map(
    paths
      .filter((path) => !path.endsWith(".gen.ts"))
      .map((path) => [path, readFileSync(join(root, path), "utf8")]),
  );
}

if (import.meta.main) {
  const report = checkArchitecture(readSources(join(import.meta.dirname, "..")));
  for (const violation of report.violations) console.error(violation);
  console.log(
    `architecture: ${report.files} files, ${report.imports} imports, ${report.crossings} between modules, ` +
      `${report.violations.length} violations`,
  );
  if (report.violations.length > 0) process.exitCode = 1;
}
