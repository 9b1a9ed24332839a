/** Which names of Docker's official images a base image of ours can stand for. Pure. */
import { findRuntime, type Runtime } from "../../domain/runtime.ts";
import type { Part } from "./base-image.ts";
import { recipes } from "./recipe.ts";

export interface PublicName {
  /** As the engine writes it: `node:22-slim`. */
  readonly name: string;
  readonly runtime: Runtime;
  readonly wantedVersion: string;
  readonly part: Part;
}

/** Debian's releases have names, and so have the images on them; ours are on this one. */
const VARIANT = /^(?:-bookworm)?(-slim)?$|^-slim-bookworm$/;
const REFERENCE = /^(?:(?:docker\.io\/)?library\/)?([a-z]+):(\d+(?:\.\d+){0,2})(-cli)?(.*)$/;

/** Null for other images: those of a musl system for one, which nothing of ours is like. */
export function findPublicName(reference: string): PublicName | null {
  const [, image = "", version = "", command = "", variant = ""] = REFERENCE.exec(reference) ?? [];
  const name = runtimeNames[image]?.(version.split("."));
  const runtime = name === undefined ? undefined : findRuntime(name);
  if (runtime === undefined || recipes[runtime.name] === undefined || !VARIANT.test(variant)) return null;
  if ((command === "-cli") !== (image === "php")) return null;
  const isSlim = variant.includes("-slim") && runtime.build === "revised";
  return {
    name: `${image}:${version}${command}${variant}`,
    runtime,
    wantedVersion: version,
    part: isSlim ? "run" : "build",
  };
}

/** Image → runtime of a version. */
const runtimeNames: Readonly<Record<string, (numbers: readonly string[]) => string>> = {
  node: ([major]) => `NODEJS_${major}`,
  python: ([major, minor = ""]) => `PYTHON_${major}${minor}`,
  golang: ([major]) => `GO_${major}`,
  php: ([major, minor = ""]) => `PHP_${major}${minor}`,
  ruby: ([major, minor = ""]) => `RUBY_${major}${minor}`,
};
