/**
 * The image of a release was removed from the engine by hand. A release can be run again all the same, so it is had back:
 * pulled by its registry digest, or built again from its commit. Those, and not tag and branch, are what was deployed.
 */
import { eventLine } from "../domain/event-line.ts";
import { type ImageReference, formatImageReference, parseImageReference } from "../domain/image-reference.ts";
import type { OperationPhase } from "../domain/operation.ts";
import { type Release, releaseKey } from "../domain/release.ts";
import type { ImageSource } from "../domain/service.ts";
import { ImagePullError, InstanceStartError } from "../ports/container-engine.ts";
import { type StepContext, serviceOf } from "./executor.ts";
import { imageOfNoRegistry, imageNotRestored } from "./failure.ts";
import { rebuildImage } from "./rebuild-image.ts";
import { changeOperation, inPhase } from "./rows.ts";

/**
 * The id of the image to start this release from, which is protected; pulled or built when the engine has it no more.
 * Throws `InstanceStartError` ("no-such-image") when it cannot be had. An operation whose release this is, is in the phase
 * "pull" or "build" meanwhile, with that phase's deadline.
 */
export function ensureImage(
  context: StepContext,
  { serviceId, number }: Pick<Release, "serviceId" | "number">,
  { subjectId }: { readonly subjectId: string },
  signal: AbortSignal,
): Promise<string> {
  return context.imageTurns.run(serviceId, async () => {
    signal.throwIfAborted();
    // As it is now: who came before may have had it back, under another id.
    const release = await context.ports.store.releases.get(serviceId, number);
    if (release === null) throw new Error(`release ${number} of service ${serviceId} has no record`);
    const isThere = await protect(context, release, signal);
    return isThere ? release.imageId : restoreImage(context, release, { subjectId }, signal);
  });
}

async function protect({ ports }: StepContext, release: Release, signal: AbortSignal): Promise<boolean> {
  try {
    await ports.engine.protectImage(release.imageId, releaseKey(release), signal);
    return true;
  } catch (error) {
    if (error instanceof ImagePullError) return false;
    throw error;
  }
}

async function restoreImage(
  context: StepContext,
  release: Release,
  { subjectId }: { readonly subjectId: string },
  signal: AbortSignal,
): Promise<string> {
  const { source } = release.configuration;
  const isCode = source.kind === "code";
  if (!isCode && release.imageDigest === null) {
    throw new InstanceStartError("no-such-image", imageOfNoRegistry(source.imageIdentifier));
  }
  const text = eventLine.imageGone(release.number, source.kind);
  // Told again after a crash: a build begins from the start then.
  const key = `image-gone:${context.lifeId}`;
  await context.story.event(await serviceOf(context), subjectId, { key, text });
  const phase = isCode ? "build" : "pull";
  await changePhase(context, release, "provision", phase);
  const imageId = isCode
    ? await rebuildImage(context, release, signal)
    : await pullAgain(context, imageOf(source, release), release.configuration.accessRoleArn ?? null, signal);
  await context.ports.engine.protectImage(imageId, releaseKey(release), signal);
  // The same content can have another address by now: another kind of storage, or a build that gave other bytes.
  if (imageId !== release.imageId) await context.ports.store.releases.save({ ...release, imageId });
  await changePhase(context, release, phase, "provision");
  return imageId;
}

/** By its digest. */
function imageOf({ imageIdentifier }: ImageSource, { imageDigest }: Release): ImageReference {
  const { registry, repository } = parseImageReference(imageIdentifier, "ImageIdentifier");
  return { registry, repository, ...(imageDigest !== null && { digest: imageDigest }) };
}

async function pullAgain(
  { ports }: StepContext,
  image: ImageReference,
  accessRoleArn: string | null,
  signal: AbortSignal,
): Promise<string> {
  try {
    return (await ports.engine.pullImage(ports.registry.locate(image, accessRoleArn), signal)).imageId;
  } catch (error) {
    if (!(error instanceof ImagePullError)) throw error;
    const message = imageNotRestored(error, formatImageReference(image));
    throw new InstanceStartError("no-such-image", message, { cause: error });
  }
}

/** Recorded in the middle of the step: a pull may take longer than an operation waits for containers to start. */
async function changePhase(
  { ports, serviceId }: StepContext,
  release: Release,
  from: OperationPhase,
  to: OperationPhase,
): Promise<void> {
  const nowMs = ports.clock.now();
  await ports.store.transaction(async (tx) => {
    const [operation] = await tx.operations.listOpen(serviceId);
    if (operation?.releaseNumber !== release.number) return;
    if (operation.phase !== from || operation.cause !== null) return;
    await changeOperation(tx, { serviceId, id: operation.id }, nowMs, () => inPhase(to, nowMs));
  });
}
