/** From the image name a user gave to the image this engine starts instances from. */
import type { FailureCause } from "../domain/cause.ts";
import { eventLine } from "../domain/event-line.ts";
import { parseImageReference } from "../domain/image-reference.ts";
import type { Operation } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import type { Service } from "../domain/service.ts";
import { ImagePullError, InstanceStartError, type ResolvedImage } from "../ports/container-engine.ts";
import type { StepContext } from "./executor.ts";
import { causeOfArchitecture, causeOfPull } from "./failure.ts";
import { ensureImage } from "./restore-image.ts";

export type ImageAnswer =
  | { readonly image: Pick<ResolvedImage, "imageId" | "digest"> }
  | { readonly cause: FailureCause };

/** A changed configuration alone redeploys the image it has; a deployment asks for the newest of the tag. */
export async function resolveImage(
  context: StepContext,
  service: Service,
  operation: Operation,
  signal: AbortSignal,
): Promise<ImageAnswer> {
  await context.collection.over();
  const release = await keptRelease(context, service, operation);
  const kept = release === null ? null : await keptImage(context, release, signal);
  if (release !== null && kept !== null) {
    const text = eventLine.imageKept(release.number);
    await context.story.tell(service, operation.id, { key: "image-kept", text });
    return { image: kept };
  }
  const answer = await findOrPull(context, service, operation, signal);
  if ("cause" in answer) return answer;
  return (await architectureCause(context, operation, answer.image, signal)) ?? answer;
}

async function keptRelease(
  { ports }: StepContext,
  service: Service,
  operation: Operation,
): Promise<Release | null> {
  if (operation.type !== "UPDATE_SERVICE" || service.activeReleaseNumber === null) return null;
  const active = await ports.store.releases.get(service.id, service.activeReleaseNumber);
  const isSame =
    active?.configuration.source.imageIdentifier === operation.configuration.source.imageIdentifier;
  return isSame ? active : null;
}

/** Null when it was removed by hand and nobody has it: then what its name stands for now is the next best. */
async function keptImage(
  context: StepContext,
  release: Release,
  signal: AbortSignal,
): Promise<Pick<ResolvedImage, "imageId" | "digest"> | null> {
  try {
    return { imageId: await ensureImage(context, release, signal), digest: release.imageDigest };
  } catch (error) {
    if (error instanceof InstanceStartError) return null;
    throw error;
  }
}

async function findOrPull(
  context: StepContext,
  service: Service,
  operation: Operation,
  signal: AbortSignal,
): Promise<{ readonly image: ResolvedImage } | { readonly cause: FailureCause }> {
  const { ports, story } = context;
  const name = operation.configuration.source.imageIdentifier;
  const located = ports.registry.locate(parseImageReference(name, "ImageIdentifier"));
  const local = await ports.engine.findImage(located.image, signal);
  if (local !== null && (local.digest === null || local.digest === located.image.digest)) {
    await tellPresent(context, service, operation);
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
    const isOnlyHere = error.problem === "unreachable" || error.problem === "not-found";
    if (local === null || !isOnlyHere) return { cause: causeOfPull(error, name) };
    await tellPresent(context, service, operation);
    return { image: local };
  }
}

async function tellPresent({ story }: StepContext, service: Service, operation: Operation): Promise<void> {
  const text = eventLine.imagePresent(operation.configuration.source.imageIdentifier);
  await story.tell(service, operation.id, { key: "image-present", text });
}

/** Better said now than as "exec format error" by the container. */
async function architectureCause(
  { ports }: StepContext,
  operation: Operation,
  image: ResolvedImage,
  signal: AbortSignal,
): Promise<{ readonly cause: FailureCause } | null> {
  const { architecture } = await ports.engine.facts(signal);
  const built = goArchitecture(image.architecture);
  const machine = goArchitecture(architecture);
  if (built === machine) return null;
  const name = operation.configuration.source.imageIdentifier;
  return { cause: causeOfArchitecture(name, built, machine) };
}

/** Images say amd64, kernels say x86_64. */
function goArchitecture(name: string): string {
  const aliases: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };
  return aliases[name] ?? name;
}
