/** npm, Yarn 1 and pnpm. */
import {
  asObject,
  hasAny,
  type ManifestDirectory,
  parseObject,
  presentOf,
  type ManifestRule,
} from "./manifest-rule.ts";

interface PackageManager {
  readonly command: RegExp;
  readonly locks: readonly string[];
  /** `npm ci` and its like do nothing without a lock file. */
  readonly needsLock: RegExp;
}

const FLAG = String.raw`(?: (?:--(?:omit|only|include|loglevel|network-timeout)[= ][\w-]+|--(?:production|prod|dev|no-audit|no-fund|ignore-scripts|legacy-peer-deps|silent|quiet|no-progress|no-optional|force|frozen-lockfile|immutable|pure-lockfile|non-interactive|ignore-engines|ignore-optional|prefer-offline|no-package-lock)|-[sPD]))*`;

const managers: readonly PackageManager[] = [
  {
    command: new RegExp(`^npm (?:ci|clean-install|install|i)${FLAG}$`),
    locks: ["package-lock.json", "npm-shrinkwrap.json"],
    needsLock: /^npm (?:ci|clean-install)/,
  },
  { command: new RegExp(`^yarn(?: install)?${FLAG}$`), locks: ["yarn.lock"], needsLock: /--frozen-lockfile/ },
  {
    command: new RegExp(`^pnpm (?:install|i)${FLAG}$`),
    locks: ["pnpm-lock.yaml"],
    needsLock: /--frozen-lockfile/,
  },
];

/** Run for the project itself when its packages are installed; they may use any file of it. */
const OWN_SCRIPTS = [
  "preinstall",
  "install",
  "postinstall",
  "prepublish",
  "preprepare",
  "prepare",
  "postprepare",
  "dependencies",
  "pnpm:devPreinstall",
];
/** Plugins, patches, workspaces and installed packages in the repository; `binding.gyp` is compiled without a script. */
const OBSTACLES = [
  "node_modules",
  "binding.gyp",
  "pnpm-workspace.yaml",
  ".pnpmfile.cjs",
  ".yarnrc",
  ".yarnrc.yml",
  ".yarn",
  ".pnp.cjs",
  "lerna.json",
];
const DEPENDENCY_KEYS = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
  "overrides",
  "resolutions",
];
const OWN_KEYS = [
  "workspaces",
  "pnpm",
  "dependenciesMeta",
  "bundleDependencies",
  "bundledDependencies",
  "bin",
];
const LOCAL_VERSION = /^(?:file|link|portal|patch|workspace|exec|catalog):|^[./~]/;
const LOCAL_IN_LOCK = /"link": *true|["' ]file:|\btype: directory\b|\bdirectory:/;

export const nodeManifests: ManifestRule = async (command, directory) => {
  const manager = managers.find((manager) => manager.command.test(command));
  const manifest = parseObject(await directory.read("package.json"));
  if (manager === undefined || manifest === null || !isSelfContained(manifest)) return null;
  if ((await hasAny(directory, OBSTACLES)) || (await directory.hasAbove("package.json"))) return null;
  const locks = await presentOf(directory, manager.locks);
  if (locks.length === 0 && manager.needsLock.test(command)) return null;
  if (!(await areLocksSelfContained(directory, locks))) return null;
  return ["package.json", ...locks, ...(await presentOf(directory, [".npmrc"]))];
};

function isSelfContained(manifest: Readonly<Record<string, unknown>>): boolean {
  const scripts = asObject(manifest["scripts"]) ?? {};
  if (OWN_SCRIPTS.some((name) => name in scripts)) return false;
  if (OWN_KEYS.some((key) => key in manifest)) return false;
  return !DEPENDENCY_KEYS.flatMap((key) => textsIn(manifest[key])).some((text) => LOCAL_VERSION.test(text));
}

async function areLocksSelfContained(
  directory: ManifestDirectory,
  locks: readonly string[],
): Promise<boolean> {
  const texts = await Promise.all(locks.map((lock) => directory.read(lock)));
  return texts.every((text) => text !== null && !LOCAL_IN_LOCK.test(text));
}

/** All texts of a JSON value, however deep; what is nested deeper than it can be is local. */
function textsIn(value: unknown, depth = 0): readonly string[] {
  if (typeof value === "string") return [value];
  if (depth > 10) return ["file:"];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((inner) => textsIn(inner, depth + 1));
}
