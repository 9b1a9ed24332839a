/**
 * Images: finding, keeping and collecting them, by references of our own only.
 *
 * - `slipway.local/<owner>/release:<key>` keeps the image of a release.
 * - `slipway.local/<owner>/pulled:<image id>` says that the image came by a pull of ours. A pull is by digest, so it
 *   makes no tag a user would know; the mark is set only when the image was not here before.
 *
 * Collecting takes away our own references and lets the engine delete what has none left. An image with a tag of
 * somebody else's therefore stays; digest references, which carry no name anybody chose, go only with a marked image.
 * A crash at any point leaves an image too many, never one too few.
 */
import type { ImageInspectInfo } from "dockerode";
import { formatImageReference, type ImageReference } from "../domain/image-reference.ts";
import { ImagePullError, type MachineImage, type ResolvedImage } from "../ports/container-engine.ts";
import type { EngineContext } from "./context.ts";
import { isRefusal } from "./errors.ts";

const OWN_PREFIX = "slipway.local/";
/** How Docker shows an image without a tag. */
const UNNAMED = "<none>:<none>";
/** A pull whose release never came to be (crash, cancelled) is given up after this. */
const UNUSED_PULL_KEPT_MS = 60 * 60 * 1_000;
const REMOVAL_DEADLINE_MS = 120_000;

/** Images between their pull and their protection; a crash ends that time anyway. */
export type HeldImages = Map<string, number>;

export async function findImage(
  context: EngineContext,
  image: ImageReference,
  signal: AbortSignal,
): Promise<ResolvedImage | null> {
  const found = await inspectImage(context, formatImageReference(image), signal);
  return found === null ? null : toResolved(found, image);
}

/** Slipway's own (releases, runtimes, sandboxes) have names that no registry answers to. */
export async function listImages(
  { client }: EngineContext,
  signal: AbortSignal,
): Promise<readonly MachineImage[]> {
  const images = await client.call(signal, (docker) => docker.listImages());
  return images.flatMap(({ RepoTags, Created, Size }) =>
    (RepoTags ?? [])
      .filter((name) => !name.startsWith(OWN_PREFIX) && name !== UNNAMED)
      .map((name) => ({ name, createdAtMs: Created * 1_000, sizeBytes: Size })),
  );
}

export async function inspectImage(
  { client }: EngineContext,
  name: string,
  signal: AbortSignal,
): Promise<ImageInspectInfo | null> {
  try {
    return await client.call(signal, (docker) => docker.getImage(name).inspect());
  } catch (error) {
    if (isRefusal(error, 404)) return null;
    throw error;
  }
}

export function toResolved(info: ImageInspectInfo, image: ImageReference): ResolvedImage {
  return {
    imageId: info.Id,
    digest: digestFor(info.RepoDigests ?? [], image),
    architecture: info.Architecture,
    exposedPorts: exposedTcpPorts(info),
    sizeBytes: info.Size,
  };
}

/** The digest under which this repository knows the image; the wanted one when the image has several. */
export function digestFor(repoDigests: readonly string[], image: ImageReference): string | null {
  const prefixes = [familiarName(image), `${image.registry}/${image.repository}`].map((name) => `${name}@`);
  const digests = repoDigests
    .filter((reference) => prefixes.some((prefix) => reference.startsWith(prefix)))
    .map((reference) => reference.slice(reference.indexOf("@") + 1));
  return digests.find((digest) => digest === image.digest) ?? digests[0] ?? null;
}

/** Docker lists names of its default registry without the registry, official ones without `library/`. */
function familiarName({ registry, repository }: ImageReference): string {
  return registry === "docker.io" ? repository.replace(/^library\//, "") : `${registry}/${repository}`;
}

function exposedTcpPorts(info: ImageInspectInfo): readonly number[] {
  const exposed = (info.Config as { readonly ExposedPorts?: object | null }).ExposedPorts ?? {};
  return Object.keys(exposed)
    .filter((port) => !port.endsWith("/udp"))
    .map((port) => Number.parseInt(port, 10))
    .sort((a, b) => a - b);
}

export async function protectImage(
  { client, names }: EngineContext,
  imageId: string,
  releaseKey: string,
  signal: AbortSignal,
): Promise<void> {
  names.releaseImage(releaseKey); // refuses a key that is no tag
  try {
    await client.call(signal, (docker) =>
      docker.getImage(imageId).tag({ repo: names.releaseRepository, tag: releaseKey }),
    );
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
    throw new ImagePullError("not-found", `The image ${imageId} is not on the engine.`, { cause: error });
  }
}

/** Remembers that this image is here because we pulled it. */
export async function markPulled(
  { client, names }: EngineContext,
  imageId: string,
  signal: AbortSignal,
): Promise<void> {
  const tag = names.pulledTag(imageId);
  await client.call(signal, (docker) => docker.getImage(imageId).tag({ repo: names.pulledRepository, tag }));
}

/** `removed` counts images that left the engine. One that a container still uses stays until the next time. */
export async function collectImages(
  context: EngineContext,
  keep: ReadonlySet<string>,
  held: HeldImages,
  signal: AbortSignal,
): Promise<{ readonly removed: number }> {
  let removed = 0;
  for (const [imageId, tags] of await ownedTags(context, signal)) {
    if (isHeld(held, imageId, context.now())) continue;
    const releases = tags.filter((tag) => tag.startsWith(`${context.names.releaseRepository}:`));
    const stale = releases.filter((tag) => !keep.has(tag.slice(tag.indexOf(":") + 1)));
    const isMarked = tags.includes(`${context.names.pulledRepository}:${context.names.pulledTag(imageId)}`);
    const isLast = stale.length === releases.length;
    if (isLast && isMarked && (stale.length > 0 || (await isUnusedPull(context, imageId, signal)))) {
      removed += await removePulled(context, imageId, stale, signal);
    } else {
      for (const tag of stale) removed += await removeReference(context, tag, signal);
    }
  }
  return { removed };
}

function isHeld(held: HeldImages, imageId: string, now: number): boolean {
  const since = held.get(imageId);
  return since !== undefined && now - since < UNUSED_PULL_KEPT_MS;
}

/** Our tags by the image they name. */
async function ownedTags(
  { client, names }: EngineContext,
  signal: AbortSignal,
): Promise<Map<string, readonly string[]>> {
  const reference = [`${names.releaseRepository}:*`, `${names.pulledRepository}:*`];
  const images = await client.call(signal, (docker) => docker.listImages({ filters: { reference } }));
  return new Map(images.map((image) => [image.Id, image.RepoTags ?? []]));
}

async function isUnusedPull(context: EngineContext, imageId: string, signal: AbortSignal): Promise<boolean> {
  const info = await inspectImage(context, imageId, signal);
  const lastTaggedMs = Date.parse(
    (info as { Metadata?: { LastTagTime?: string } } | null)?.Metadata?.LastTagTime ?? "",
  );
  return context.now() - lastTaggedMs > UNUSED_PULL_KEPT_MS;
}

/** With nobody else's tag on it, the digests of a pulled image go first and the mark last: a crash starts over. */
async function removePulled(
  context: EngineContext,
  imageId: string,
  stale: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const mark = `${context.names.pulledRepository}:${context.names.pulledTag(imageId)}`;
  const info = await inspectImage(context, imageId, signal);
  const foreign = (info?.RepoTags ?? []).filter((tag) => tag !== mark && !stale.includes(tag));
  const digests = foreign.length === 0 ? (info?.RepoDigests ?? []) : [];
  let removed = 0;
  for (const reference of [...stale, ...digests, mark])
    removed += await removeReference(context, reference, signal);
  return removed;
}

/** 1 when the image went with its last reference. */
async function removeReference(
  { client }: EngineContext,
  reference: string,
  signal: AbortSignal,
): Promise<0 | 1> {
  try {
    const steps = (await client.call(
      signal,
      (docker) => docker.getImage(reference).remove(),
      REMOVAL_DEADLINE_MS,
    )) as readonly { readonly Deleted?: string }[];
    return steps.some((step) => step.Deleted !== undefined) ? 1 : 0;
  } catch (error) {
    if (isRefusal(error, 404, 409)) return 0; // gone already; a container uses it
    throw error;
  }
}
