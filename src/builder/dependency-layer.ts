/**
 * When the first command of a build installs dependencies and reads nothing but manifests, these are copied and the
 * command is run before the rest of the source comes: a change of the source alone does not repeat it. This is done only
 * where the result is sure to be the same; every doubt means no.
 */
import type { Language } from "../domain/runtime.ts";
import type { ManifestDirectory, ManifestRule } from "./manifests/manifest-rule.ts";
import { bundlerManifests } from "./manifests/bundler.ts";
import { composerManifests } from "./manifests/composer.ts";
import { goManifests } from "./manifests/go.ts";
import { mavenManifests } from "./manifests/maven.ts";
import { nodeManifests } from "./manifests/node.ts";
import { pipManifests } from "./manifests/pip.ts";
import { joinPath, type SourceTree } from "./source-tree.ts";

const MANIFEST_MAX_BYTES = 4 * 1024 * 1024;
/** Copied by name, where some characters would have a meaning of their own. */
const PLAIN_DIRECTORY = /^(?:[\w@+-][\w.@+-]*(?:\/[\w@+-][\w.@+-]*)*)?$/;

const rules: Readonly<Partial<Record<Language, ManifestRule>>> = {
  nodejs: nodeManifests,
  python: pipManifests,
  ruby: bundlerManifests,
  php: composerManifests,
  go: goManifests,
  java: mavenManifests,
};

/** Manifests, relative to the source directory; null: no such layer. */
export async function findManifests(
  tree: SourceTree,
  sourceDirectory: string,
  language: Language,
  command: string | undefined,
): Promise<readonly string[] | null> {
  const rule = rules[language];
  if (rule === undefined || command === undefined || !PLAIN_DIRECTORY.test(sourceDirectory)) return null;
  return rule(command.trim().replaceAll(/[ \t]+/g, " "), manifestDirectory(tree, sourceDirectory));
}

function manifestDirectory(tree: SourceTree, sourceDirectory: string): ManifestDirectory {
  return {
    read: (name) => tree.readText(joinPath(sourceDirectory, name), MANIFEST_MAX_BYTES).catch(() => null),
    // What cannot be looked at is taken for present: then there is no layer.
    has: (name) => tree.exists(joinPath(sourceDirectory, name)).catch(() => true),
    hasAbove: async (name) => {
      for (const above of directoriesAbove(sourceDirectory)) {
        if (await tree.exists(joinPath(above, name)).catch(() => true)) return true;
      }
      return false;
    },
  };
}

/** `a/b` → `a`, `` */
function directoriesAbove(directory: string): readonly string[] {
  const segments = directory.split("/").filter((segment) => segment !== "");
  return segments.map((_segment, index) => segments.slice(0, index).join("/")).toReversed();
}
