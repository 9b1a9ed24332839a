/** What an update changed, by the paths of its members: their values may be secrets, their names are not. */
import { camelCase } from "../../contract/index.ts";

const PATHS_MAX = 50;
/** They differ after every update. */
const IGNORED = new Set(["UpdatedAt", "Status"]);
/** Below it stand names that people chose. */
const OPAQUE = new Set(["RuntimeEnvironmentVariables", "RuntimeEnvironmentSecrets"]);

export function changedMembers(before: unknown, after: unknown): readonly string[] {
  const paths: string[] = [];
  compare([before, after], "", paths);
  return paths.slice(0, PATHS_MAX);
}

function compare([before, after]: readonly [unknown, unknown], path: string, paths: string[]): void {
  if (!isObject(before) || !isObject(after)) {
    if (JSON.stringify(before) !== JSON.stringify(after)) paths.push(path);
    return;
  }
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (path === "" && IGNORED.has(name)) continue;
    const below = path === "" ? camelCase(name) : `${path}.${camelCase(name)}`;
    if (!OPAQUE.has(name)) compare([before[name], after[name]], below, paths);
    else if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) paths.push(below);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
