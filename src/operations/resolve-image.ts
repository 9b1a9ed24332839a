/** From the image name a user gave to the image this engine starts instances from. */
import type { FailureCause } from "../domain/cause.ts";
import { eventLine } from "../domain/event-line.ts";
import { type ImageReference, parseImageReference } from "../domain/image-reference.ts";
import type { Operation } from "../domain/operation.ts";
import { type Release, releaseKey } from "../domain/release.ts";
import type { ImageSource, Service } from "../domain/service.ts";
import { ImagePullError, InstanceStartError, type ResolvedImage } from "../ports/container-engine.ts";
import type { StepContext } from "./executor.ts";
import { causeOfArchitecture, causeOfLostRelease, causeOfPull } from "./failure.ts";
import { keptRelease } from "./kept-release.ts";
import { ensureImage } from "./restore-image.ts";

export type ImageAnswer =
  /** `kept`: the release it is the image of, when it is not a new one. */
  | { readonly image: Pick<ResolvedImage, "imageId" | "digest">; readonly kept: Release | null }
  | { readonly cause: FailureCause }
  /** The image of a build is gone: it has to be built again. */
  | "to-be-built";

/** What a registry's name does not keep from running, where the engine has an image of that name. */
const MAY_BE_ONLY_HERE: ReadonlySet<ImagePullError["problem"]> = new Set([
  "unreachable",
  "not-found",
  "place",
]);

/** A changed configuration alone redeploys the image it has; a deployment asks for the newest of the tag. */
export async function resolveImage(
  context: StepContext,
  service: Service,
  operation: Operation,
  signal: AbortSignal,
): Promise<ImageAnswer> {
  await context.collection.over();
  const release = await keptRelease(context, service, operation);
  if (release !== null) {
    const kept = await keptImage(context, release, signal);
    if ("imageId" in kept) {
      const text = eventLine.imageKept(release.number);
      await context.story.tell(service, operation.id, { key: "image-kept", text });
      return { image: kept, kept: release };
    }
    if (operation.fromReleaseNumber !== undefined)
      return { cause: causeOfLostRelease(release.number, kept.lostBecause) };
  }
  const { source } = operation.configuration;
  if (source.kind === "code") return "to-be-built";
  const answer = await findOrPull(context, { service, operation, source }, signal);
  if ("cause" in answer) return answer;
  const { image } = answer;
  const { imageIdentifier } = source;
  return (await architectureCause(context, imageIdentifier, image, signal)) ?? { image, kept: null };
}

interface Wished {
  readonly service: Service;
  readonly operation: Operation;
  readonly source: ImageSource;
}

/** Lost when it was removed by hand and nobody has it: for an update what its name stands for now is the next best. */
async function keptImage(
  context: StepContext,
  release: Release,
  signal: AbortSignal,
): Promise<Pick<ResolvedImage, "imageId" | "digest"> | { readonly lostBecause: string }> {
  try {
    const subject = { subjectId: releaseKey(release) };
    return { imageId: await ensureImage(context, release, subject, signal), digest: release.imageDigest };
  } catch (error) {
    if (error instanceof InstanceStartError) return { lostBecause: error.message };
    throw error;
  }
}

async function findOrPull(
  context: StepContext,
  wished: Wished,
  signal: AbortSignal,
): Promise<{ readonly image: ResolvedImage } | { readonly cause: FailureCause }> {
  const { ports, story } = context;
  const { service, operation, source } = wished;
  const name = source.imageIdentifier;
  const wishedImage = parseImageReference(name, "ImageIdentifier");
  const refused = await roleRefusal(context, wishedImage, operation);
  if (refused !== null) return { cause: causeOfPull(refused, name) };
  const located = ports.registry.locate(wishedImage, operation.configuration.accessRoleArn ?? null);
  const local = await ports.engine.findImage(located.image, signal);
  if (local !== null && (local.digest === null || local.digest === located.image.digest)) {
    await tellPresent(context, wished);
    return { image: local };
  }
  await story.event(service, operation.id, { key: "pulling", text: eventLine.pullingImage(name) });
  await story.detail(service, operation.id, { key: "pull-starting", text: eventLine.pullStarting() });
  try {
    const image = await ports.engine.pullImage(located, signal);
    await story.tell(service, operation.id, { key: "pulled", text: eventLine.imagePulled() });
    return { image };
  } catch (error) {
    if (!(error instanceof ImagePullError)) throw error;
    if (local === null || !MAY_BE_ONLY_HERE.has(error.problem)) return { cause: causeOfPull(error, name) };
    await tellPresent(context, wished);
    return { image: local };
  }
}

/** Its access role must allow the pull, and have credentials where others have some; also of an image that is here already. */
async function roleRefusal(
  { ports }: StepContext,
  image: ImageReference,
  { configuration: { accessRoleArn } }: Operation,
): Promise<ImagePullError | null> {
  if (accessRoleArn === undefined) return null;
  try {
    await ports.imageAccess.assertPullable(image, accessRoleArn);
    ports.registry.locate(image, accessRoleArn);
    return null;
  } catch (error) {
    if (error instanceof ImagePullError) return error;
    throw error;
  }
}

async function tellPresent({ story }: StepContext, { service, operation, source }: Wished): Promise<void> {
  const text = eventLine.imagePresent(source.imageIdentifier);
  await story.tell(service, operation.id, { key: "image-present", text });
}

/** Better said now than as "exec format error" by the container. */
async function architectureCause(
  { ports }: StepContext,
  name: string,
  image: ResolvedImage,
  signal: AbortSignal,
): Promise<{ readonly cause: FailureCause } | null> {
  const { architecture } = await ports.engine.facts(signal);
  const built = goArchitecture(image.architecture);
  const machine = goArchitecture(architecture);
  if (built === machine) return null;
  return { cause: causeOfArchitecture(name, built, machine) };
}

/** Images say amd64, kernels say x86_64. */
function goArchitecture(name: string): string {
  const aliases: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };
  return aliases[name] ?? name;
}
