/**
 * Caches of package managers, kept from build to build of one service. A cache is mounted for a command only where it
 * cannot be told from an empty directory: not where a command removes it, or works from it without asking the network,
 * or the finished application might need what is in it.
 */
import { createHash } from "node:crypto";
import type { Language, Runtime } from "../domain/runtime.ts";
import type { CacheMount } from "./dockerfile.ts";

interface PackageCache {
  readonly name: string;
  readonly language: Language;
  readonly directory: string;
  /** In a command: it treats the directory as something else than a cache. */
  readonly isTouchedBy: RegExp;
  /** In a start command: what is in the directory is part of the application, where build and run share an image. */
  readonly isNeededBy: RegExp | null;
}

const caches: readonly PackageCache[] = [
  {
    name: "npm",
    language: "nodejs",
    directory: "/root/.npm",
    isTouchedBy: /\.npm\b|offline/,
    isNeededBy: null,
  },
  {
    name: "yarn",
    language: "nodejs",
    directory: "/usr/local/share/.cache/yarn",
    isTouchedBy: /\.cache|\/usr\/local|offline/,
    isNeededBy: null,
  },
  {
    name: "pnpm",
    language: "nodejs",
    directory: "/root/.local/share/pnpm/store",
    isTouchedBy: /\.local\b|offline|\bstore\b|\bfetch\b/,
    isNeededBy: null,
  },
  {
    name: "pip",
    language: "python",
    directory: "/root/.cache/pip",
    isTouchedBy: /\.cache\b/,
    isNeededBy: null,
  },
  {
    name: "bundler",
    language: "ruby",
    directory: "/root/.bundle/cache",
    isTouchedBy: /\.bundle\b|--local/,
    isNeededBy: null,
  },
  {
    name: "composer",
    language: "php",
    directory: "/root/.composer/cache",
    isTouchedBy: /\.composer\b|COMPOSER_HOME/,
    isNeededBy: null,
  },
  {
    name: "maven",
    language: "java",
    directory: "/root/.m2/repository",
    isTouchedBy: /\.m2\b|go-offline|--offline|\s-\w*o\b|dependency:resolve/,
    isNeededBy: /\bmvnw?\b/,
  },
  {
    name: "gradle",
    language: "java",
    directory: "/root/.gradle/caches",
    isTouchedBy: /\.gradle\b|--offline/,
    isNeededBy: /\bgradlew?\b/,
  },
  {
    name: "gradle-wrapper",
    language: "java",
    directory: "/root/.gradle/wrapper",
    isTouchedBy: /\.gradle\b|--offline/,
    isNeededBy: /\bgradlew\b/,
  },
  {
    name: "go-modules",
    language: "go",
    directory: "/go/pkg/mod",
    isTouchedBy: /\bmod\s+download\b|GOPROXY|GOMODCACHE|pkg\/mod|-modcache|\/go\b/,
    isNeededBy: /\bgo\s/,
  },
  {
    name: "go-build",
    language: "go",
    directory: "/root/.cache/go-build",
    isTouchedBy: /\.cache\b|GOCACHE/,
    isNeededBy: null,
  },
];

/** `commands`: all of the build, for what one command puts into a directory another may need. */
export function cacheMounts(wish: {
  readonly runtime: Runtime;
  readonly scope: string;
  readonly commands: readonly string[];
  readonly startCommand: string;
}): readonly CacheMount[] {
  const isShared = wish.runtime.build === "original";
  return caches
    .filter(({ language }) => language === wish.runtime.language)
    .filter((cache) => !wish.commands.some((command) => cache.isTouchedBy.test(command)))
    .filter((cache) => !(isShared && cache.isNeededBy?.test(wish.startCommand) === true))
    .map(({ name, directory }) => ({ id: `${scopeId(wish.scope)}-${name}`, directory }));
}

/** Scopes come from our own ids; whatever they are, they end up as one word. */
function scopeId(scope: string): string {
  if (/^[\w-]{1,64}$/.test(scope)) return scope;
  return createHash("sha256").update(scope).digest("hex").slice(0, 32);
}
