/** package.json. */
import { asObject, parseObject } from "../manifests/manifest-rule.ts";
import { type Detector, isPlainWord, runtimesInRange, type SourceDirectory } from "./finding.ts";

const PREFERRED = "NODEJS_22";
const MAIN_FILES = [
  "server.js",
  "index.js",
  "app.js",
  "main.js",
  "server.mjs",
  "index.mjs",
  "src/index.js",
  "src/server.js",
];
const INSTALLS = [
  { lock: "package-lock.json", command: "npm ci" },
  { lock: "npm-shrinkwrap.json", command: "npm ci" },
  { lock: "yarn.lock", command: "yarn install --frozen-lockfile" },
  { lock: "pnpm-lock.yaml", command: "pnpm install --frozen-lockfile" },
] as const;

export const detectNode: Detector = async (directory) => {
  const text = await directory.read("package.json");
  if (text === null) return null;
  const manifest = parseObject(text);
  if (manifest === null) return "package.json is not JSON";
  const scripts = asObject(manifest["scripts"]) ?? {};
  const start = await startCommand(directory, manifest, scripts);
  if (start === null)
    return `package.json has no script "start", and none of ${MAIN_FILES.join(", ")} is there`;
  const { range, source } = await wantedNode(directory, manifest);
  const runtime = directory.choose(runtimesInRange("nodejs", PREFERRED, range));
  if (runtime === null) return `no runtime has a Node that ${source} ${range} allows`;
  const install = await installCommand(directory, manifest);
  const build = typeof scripts["build"] === "string" ? `${install} && npm run build` : install;
  const what = range === null ? "package.json" : `package.json with ${source} ${range}`;
  return { runtime, build, start, environment: {}, what };
};

async function startCommand(
  directory: SourceDirectory,
  manifest: Readonly<Record<string, unknown>>,
  scripts: Readonly<Record<string, unknown>>,
): Promise<string | null> {
  if (typeof scripts["start"] === "string") return "npm start";
  const { main } = manifest;
  if (typeof main === "string" && isPlainWord(main) && (await directory.has(main))) return `node ${main}`;
  const file = await directory.firstOf(MAIN_FILES);
  return file === null ? null : `node ${file}`;
}

async function wantedNode(
  directory: SourceDirectory,
  manifest: Readonly<Record<string, unknown>>,
): Promise<{ range: string | null; source: string }> {
  const engines = asObject(manifest["engines"])?.["node"];
  if (typeof engines === "string") return { range: engines, source: "engines.node" };
  for (const source of [".nvmrc", ".node-version"]) {
    const [, major] = /^v?(\d{1,3})(?:\.\d+)*\s*$/.exec((await directory.read(source)) ?? "") ?? [];
    if (major !== undefined) return { range: major, source };
  }
  return { range: null, source: "" };
}

async function installCommand(
  directory: SourceDirectory,
  manifest: Readonly<Record<string, unknown>>,
): Promise<string> {
  const declared = manifest["packageManager"];
  const manager = typeof declared === "string" ? declared.split("@")[0] : undefined;
  const present = (
    await Promise.all(INSTALLS.map(async (install) => ((await directory.has(install.lock)) ? [install] : [])))
  ).flat();
  const chosen = present.find(({ command }) => command.startsWith(`${manager} `)) ?? present[0];
  return chosen?.command ?? "npm install";
}
