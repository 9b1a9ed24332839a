/** Builds the images of one runtime and names them when all of them are right. */
import type { Runtime } from "../../domain/runtime.ts";
import { baseName, isOurs, labels, partsOf, type BaseIdentity } from "./base-image.ts";
import { FACTS_PATH } from "./base-dockerfile.ts";
import type { Images } from "./images.ts";

export interface BaseBuild {
  readonly runtime: Runtime;
  readonly key: string;
  readonly foundation: "debian" | "public";
  /** A tar file. */
  readonly contextPath: string;
  /** Installed beside Debian's packages: `npm=10.9.4`. */
  readonly packages: readonly string[];
  /** Nothing from the cache: what was installed is fetched again. */
  readonly isFresh: boolean;
  /** Throws when this version is not what was asked for; then nothing gets a name. */
  readonly acceptVersion: (version: string) => void;
}

export async function buildBase(images: Images, wish: BaseBuild, signal: AbortSignal): Promise<BaseIdentity> {
  const built = [];
  for (const part of partsOf(wish.runtime)) {
    const options = { stage: part, isFresh: wish.isFresh };
    built.push({ part, imageId: await images.build(wish.contextPath, options, signal) });
  }
  const facts = (await images.readFile(built[0]?.imageId ?? "", FACTS_PATH, signal)).split("\n");
  const [version = "", ...packages] = facts.map((line) => line.trim()).filter((line) => line !== "");
  wish.acceptVersion(version);
  const identity = { version, key: wish.key };
  // The build image last: without it the pair does not count.
  for (const { part, imageId } of built.toReversed()) {
    await images.publish(
      imageId,
      baseName(wish.runtime.name, part, identity),
      {
        [labels.runtime]: wish.runtime.name,
        [labels.part]: part,
        [labels.version]: version,
        [labels.key]: wish.key,
        [labels.foundation]: wish.foundation,
        [labels.packages]: [...wish.packages, ...packages].join(" "),
      },
      signal,
    );
  }
  await removeOutdated(images, wish.runtime, wish.key, signal);
  return identity;
}

/** Images of the same runtime from another recipe, with other settings of the machine, or built anew since. */
async function removeOutdated(
  images: Images,
  runtime: Runtime,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const present = await images.list(`${labels.runtime}=${runtime.name}`, signal);
  for (const image of present) {
    const isOutdated = image.labels[labels.key] !== key;
    const names = image.tags.length === 0 ? [image.id] : image.tags.filter(isOutdated ? isOurs : () => false);
    for (const name of names) await images.remove(name, signal);
  }
}
