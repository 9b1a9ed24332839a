/** Names and labels of the base images. Labels say all that is known of one; nothing else is kept anywhere. */
import { createHash } from "node:crypto";
import type { Runtime } from "../../domain/runtime.ts";
import type { FoundImage } from "./images.ts";
import { compareVersions } from "./version.ts";

export const labels = {
  /** Wire name of the runtime. */
  runtime: "slipway.runtime",
  part: "slipway.runtime.part",
  version: "slipway.runtime.version",
  /** Hash of recipe and machine settings: an image with another one is out of date. */
  key: "slipway.runtime.key",
  /** What was installed: `package=version`, separated by spaces. */
  packages: "slipway.runtime.packages",
  /** `debian` or `public`. */
  foundation: "slipway.runtime.foundation",
} as const;

const REPOSITORY = "slipway.local/runtime";
const KEY_LENGTH = 12;

export type Part = "build" | "run";

export interface BaseIdentity {
  readonly version: string;
  readonly key: string;
}

/** A complete pair. What is built the original way runs on the image that built it. */
export interface BaseImage extends BaseIdentity {
  readonly build: FoundImage;
  readonly run: FoundImage;
}

export function keyOf(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}:${text}`);
  return hash.digest("hex").slice(0, KEY_LENGTH);
}

export function debianName(key: string): string {
  return `${REPOSITORY}/debian-12:${key}`;
}

export function baseName(runtimeName: string, part: Part, { version, key }: BaseIdentity): string {
  return `${REPOSITORY}/${runtimeName.toLowerCase()}-${part}:${version}-${key}`;
}

export function partsOf(runtime: Runtime): readonly Part[] {
  return runtime.build === "original" ? ["build"] : ["build", "run"];
}

/** Whether a name says whose it is; our images may carry public names besides. */
export function isOurs(name: string): boolean {
  return name.startsWith(`${REPOSITORY}/`);
}

/**
 * The newest complete pair among the images of a runtime that is what was asked for. Labels alone do not count: anybody
 * can write them into a Dockerfile, but a name of ours is given by us.
 */
export function newestBase(
  images: readonly FoundImage[],
  parts: readonly Part[],
  isWanted: (identity: BaseIdentity) => boolean,
): BaseImage | null {
  const named = images.filter(hasOwnName);
  const bases = named
    .filter((image) => image.labels[labels.part] === "build")
    .flatMap((build) => withRunImage(build, named, parts))
    .filter(isWanted);
  return bases.sort((a, b) => compareVersions(b.version, a.version))[0] ?? null;
}

function hasOwnName(image: FoundImage): boolean {
  const part = image.labels[labels.part] === "run" ? "run" : "build";
  return image.tags.includes(baseName(image.labels[labels.runtime] ?? "", part, identityOf(image)));
}

function withRunImage(
  build: FoundImage,
  images: readonly FoundImage[],
  parts: readonly Part[],
): readonly BaseImage[] {
  const { version, key } = identityOf(build);
  const run = parts.includes("run")
    ? images.find(
        (image) => image.labels[labels.part] === "run" && isSame(identityOf(image), { version, key }),
      )
    : build;
  return run === undefined ? [] : [{ version, key, build, run }];
}

function identityOf({ labels: given }: FoundImage): BaseIdentity {
  return { version: given[labels.version] ?? "", key: given[labels.key] ?? "" };
}

function isSame(one: BaseIdentity, other: BaseIdentity): boolean {
  return one.version === other.version && one.key === other.key;
}
