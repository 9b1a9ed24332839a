/**
 * Brings an image here. The registry is asked for the digest first and the pull is by digest: what was resolved is what
 * runs, a wrong architecture is known before a byte is loaded, and no tag of a user's is moved on this engine.
 */
import { formatImageReference, type ImageReference } from "../domain/image-reference.ts";
import {
  ImagePullError,
  type PullRequest,
  type RegistryCredentials,
  type ResolvedImage,
} from "../ports/container-engine.ts";
import { jsonLines } from "./client.ts";
import type { EngineContext } from "./context.ts";
import { isRefusal } from "./errors.ts";
import { findImage, markPulled, type HeldImages } from "./images.ts";
import { PullProgress, type PullMessage } from "./pull-progress.ts";
import { toPullError } from "./pull-error.ts";

export interface PullDeadlines {
  /** The registry must have named the digest within this time. */
  readonly resolveMs: number;
  /** A pull that says nothing for this long is given up. Unpacking a large layer says nothing for some 20 s. */
  readonly silenceMs: number;
}

export const defaultPullDeadlines: PullDeadlines = { resolveMs: 20_000, silenceMs: 120_000 };

export interface PullRules {
  readonly deadlines: PullDeadlines;
  /** Why a registry is not asked at all; null for one that is. */
  readonly problemOfRegistry: (registry: string, signal: AbortSignal) => Promise<string | null>;
}

/** For calls whose deadline is the silence allowed: the longest time a timer can have. */
const NO_DEADLINE_MS = 2 ** 31 - 1;

interface Distribution {
  readonly Descriptor: { readonly digest: string };
  readonly Platforms?: readonly { readonly architecture: string; readonly os: string }[] | null;
}

export async function pullImage(
  context: EngineContext,
  request: PullRequest,
  options: PullRules & { readonly held: HeldImages },
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const { image } = request;
  const pinned = image.digest === undefined ? await resolve(context, request, options, signal) : image;
  const present = await findImage(context, pinned, signal);
  const pulled = present ?? (await pullPinned(context, { ...request, image: pinned }, options, signal));
  options.held.set(pulled.imageId, context.now());
  await assertArchitecture(context, pulled, signal);
  return { ...pulled, digest: pinned.digest ?? pulled.digest };
}

/** What the name stands for in the registry now, whatever machines it is for. */
export async function resolveDigest(
  context: EngineContext,
  request: PullRequest,
  rules: PullRules,
  signal: AbortSignal,
): Promise<string> {
  return request.image.digest ?? (await describe(context, request, rules, signal)).Descriptor.digest;
}

/** The reference with the digest that its tag names in the registry now. */
async function resolve(
  context: EngineContext,
  request: PullRequest,
  rules: PullRules,
  signal: AbortSignal,
): Promise<ImageReference> {
  const { image } = request;
  const answer = await describe(context, request, rules, signal);
  await assertPlatform(context, image, answer.Platforms ?? [], signal);
  return { registry: image.registry, repository: image.repository, digest: answer.Descriptor.digest };
}

/** The engine asks the registry for the manifest, and loads nothing. */
function describe(
  context: EngineContext,
  { image, credentials }: PullRequest,
  { deadlines: { resolveMs }, problemOfRegistry }: PullRules,
  signal: AbortSignal,
): Promise<Distribution> {
  return asPullError(image, resolveMs, signal, async (within) => {
    assertAsked(await problemOfRegistry(image.registry, within));
    return await context.client.call(
      within,
      (docker) =>
        docker
          .getImage(formatImageReference(image))
          .distribution({ ...authentication(image, credentials) }) as unknown as Promise<Distribution>,
      NO_DEADLINE_MS,
    );
  });
}

function assertAsked(problem: string | null): void {
  if (problem !== null) throw new ImagePullError("place", problem);
}

async function pullPinned(
  context: EngineContext,
  request: PullRequest,
  { deadlines, problemOfRegistry }: PullRules,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const { image } = request;
  await asPullError(image, deadlines.silenceMs, signal, async (within, stillAlive) => {
    assertAsked(await problemOfRegistry(image.registry, within));
    await download(context, request, within, stillAlive);
  });
  const pulled = await findImage(context, image, signal);
  if (pulled === null)
    throw new ImagePullError("other", `The image ${formatImageReference(image)} vanished after its pull.`);
  await markPulled(context, pulled.imageId, signal);
  return pulled;
}

async function download(
  { client, now }: EngineContext,
  { image, credentials, onProgress }: PullRequest,
  signal: AbortSignal,
  stillAlive: () => void,
): Promise<void> {
  const progress = new PullProgress(now, onProgress ?? (() => undefined));
  const from = { fromImage: `${image.registry}/${image.repository}`, tag: image.digest };
  const answer = await client.stream(
    signal,
    (docker, abortSignal) =>
      docker.createImage(authentication(image, credentials).authconfig, { ...from, abortSignal }),
    NO_DEADLINE_MS,
  );
  try {
    for await (const line of jsonLines(answer)) {
      stillAlive();
      const message = line as PullMessage;
      // A failed pull ends with status 200 and a normal end of the stream.
      if (message.error !== undefined) throw toPullError(image, message.error);
      progress.observe(message);
    }
  } finally {
    answer.destroy();
  }
}

/**
 * Runs one exchange with the registry. `stillAlive` starts its time anew; when that runs out, or the engine reports a
 * failure, the error is an ImagePullError.
 */
async function asPullError<T>(
  image: ImageReference,
  deadlineMs: number,
  signal: AbortSignal,
  act: (within: AbortSignal, stillAlive: () => void) => Promise<T>,
): Promise<T> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), deadlineMs);
  try {
    return await act(AbortSignal.any([signal, silence.signal]), () => timer.refresh());
  } catch (error) {
    signal.throwIfAborted();
    if (silence.signal.aborted) {
      const problem = `The registry ${image.registry} did not answer within ${deadlineMs / 1_000} s; check its name and the network.`;
      throw new ImagePullError("unreachable", problem, { cause: error });
    }
    throw isRefusal(error) ? toPullError(image, error.message, error) : error;
  } finally {
    clearTimeout(timer);
  }
}

function authentication({ registry }: ImageReference, credentials: RegistryCredentials | undefined) {
  if (credentials === undefined) return {};
  const serveraddress = registry === "docker.io" ? "https://index.docker.io/v1/" : registry;
  return { authconfig: { ...credentials, serveraddress } };
}

async function assertPlatform(
  { client }: EngineContext,
  image: ImageReference,
  platforms: NonNullable<Distribution["Platforms"]>,
  signal: AbortSignal,
): Promise<void> {
  const known = platforms.filter(({ architecture }) => architecture !== "" && architecture !== "unknown");
  if (known.length === 0) return; // old manifests do not say
  const { Arch } = await client.call(signal, (docker) => docker.version());
  if (known.some(({ architecture, os }) => architecture === Arch && os === "linux")) return;
  throw wrongPlatform(
    formatImageReference(image),
    known.map(({ os, architecture }) => `${os}/${architecture}`).join(", "),
    Arch,
  );
}

/** An image given by digest is pulled without a question before; what came is looked at then. */
async function assertArchitecture(
  { client }: EngineContext,
  image: ResolvedImage,
  signal: AbortSignal,
): Promise<void> {
  const { Arch } = await client.call(signal, (docker) => docker.version());
  if (image.architecture === Arch || image.architecture === "") return;
  throw wrongPlatform(image.imageId, `linux/${image.architecture}`, Arch);
}

function wrongPlatform(image: string, offered: string, wanted: string): ImagePullError {
  return new ImagePullError(
    "platform",
    `The image ${image} is built for ${offered}, this engine runs linux/${wanted}; build it with --platform linux/${wanted}.`,
  );
}
