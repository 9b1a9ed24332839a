/** `engines.node` of a package.json: a build on a version that it rules out ends before it begins. [App Runner] */
import type { Runtime } from "../domain/runtime.ts";
import { BuildError } from "../ports/builder.ts";
import { asObject, parseObject } from "./manifests/manifest-rule.ts";
import { joinPath, type SourceTree } from "./source-tree.ts";
import { isInRange } from "./version-range.ts";
import { quote } from "./yaml-reader.ts";

const MANIFEST_MAX_BYTES = 4 * 1024 * 1024;

/** Remarks; throws BuildError "configuration" when the version is ruled out. */
export async function checkNodeVersion(
  tree: SourceTree,
  directory: string,
  runtime: Runtime,
  version: string,
): Promise<readonly string[]> {
  if (runtime.language !== "nodejs") return [];
  const path = joinPath(directory, "package.json");
  const manifest = parseObject(await tree.readText(path, MANIFEST_MAX_BYTES));
  const range = asObject(manifest?.["engines"])?.["node"];
  if (typeof range !== "string") return [];
  const isFine = isInRange(version, range);
  if (isFine === null)
    return [`${path}: engines.node ${quote(range)} cannot be read and was left out of account`];
  if (isFine) return [];
  throw new BuildError(
    "configuration",
    `${path}: engines.node wants ${quote(range)}, but the runtime ${runtime.yamlName} is Node ${version}. Choose another runtime, or change engines.node.`,
  );
}
