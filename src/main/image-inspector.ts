/** What an image is: as the engine has it, else as its registry tells. */
import { formatImageReference, type ImageReference } from "../domain/image-reference.ts";
import { type ContainerEngine, ImagePullError, type MachineImage } from "../ports/container-engine.ts";
import type {
  ImageFacts,
  ImageInspector,
  ImageWish,
  InspectedImage,
  RepositoryTags,
} from "../ports/image-inspector.ts";
import type { RegistryDirectory } from "../ports/registry-directory.ts";
import { RegistryClient, RegistryProblem } from "../supply/registry-client.ts";
import type { RegistryNetwork } from "../supply/registry-place.ts";

const DEADLINE_MS = 20_000;

type Engine = Pick<ContainerEngine, "findImage" | "listImages" | "facts">;

export class EngineImageInspector implements ImageInspector {
  readonly #engine: Engine;
  readonly #registry: RegistryDirectory;
  readonly #network: RegistryNetwork;

  constructor(engine: Engine, registry: RegistryDirectory, network: RegistryNetwork) {
    this.#engine = engine;
    this.#registry = registry;
    this.#network = network;
  }

  async inspect(wish: ImageWish, signal: AbortSignal): Promise<InspectedImage> {
    const inspect = async (within: AbortSignal): Promise<InspectedImage> => {
      const located = this.#registry.locate(wish.image, wish.accessRoleArn);
      const { image } = located;
      const local = await this.#engine.findImage(image, within);
      if (local !== null) return { place: "machine", ...local };
      const { architecture } = await this.#engine.facts(within);
      const client = new RegistryClient(located, this.#network);
      return (await factsOf({ client, image, architecture }, within)) ?? nowhere(noSuch(image));
    };
    return await told(wish, inspect, signal).catch((error: unknown) => nowhere(problemOf(error)));
  }

  async tagsOf(wish: ImageWish, signal: AbortSignal): Promise<RepositoryTags> {
    const ask = async (within: AbortSignal): Promise<RepositoryTags> => {
      const located = this.#registry.locate(wish.image, wish.accessRoleArn);
      const { image } = located;
      const tags = await new RegistryClient(located, this.#network).tags(within);
      return {
        tags: tags ?? [],
        problem: tags === null ? `${image.registry} has no ${image.repository}.` : null,
      };
    };
    return await told(wish, ask, signal).catch((error: unknown) => ({ tags: [], problem: problemOf(error) }));
  }

  async ofMachine(signal: AbortSignal): Promise<readonly MachineImage[]> {
    return await this.#engine.listImages(signal);
  }
}

/** What is wrong with the image or its registry, in a sentence for people. */
class ImageProblem extends Error {
  override readonly name = "ImageProblem";
}

/** Within the deadline. Throws ImageProblem for what is wrong with the wish or the registry. */
async function told<Answer>(
  { image }: ImageWish,
  ask: (within: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  try {
    return await ask(within);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RegistryProblem || error instanceof ImagePullError) {
      throw new ImageProblem(error.message, { cause: error });
    }
    if (within.aborted) throw new ImageProblem(`${image.registry} does not answer in time`, { cause: error });
    throw error;
  }
}

/** Throws what is nobody's fault but ours. */
function problemOf(error: unknown): string {
  if (!(error instanceof ImageProblem)) throw error;
  return /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
}

function nowhere(problem: string): InspectedImage {
  return { place: "nowhere", problem };
}

function noSuch(image: ImageReference): string {
  return `There is no image ${formatImageReference(image)}, neither on this machine nor in its registry.`;
}

interface Asked {
  readonly client: RegistryClient;
  readonly image: ImageReference;
  /** Of this machine. */
  readonly architecture: string;
}

/** Null: the registry has no such image. Of several architectures this machine's counts. */
async function factsOf(
  { client, image, architecture }: Asked,
  signal: AbortSignal,
): Promise<InspectedImage | null> {
  const named = await client.manifest(image.digest ?? image.tag ?? "latest", signal);
  if (named === null) return null;
  const choices = platformsOf(named);
  const chosen = choices.find((choice) => choice.architecture === architecture);
  if (choices.length > 0 && chosen === undefined) {
    const others = choices.map((choice) => choice.architecture).join(", ");
    return nowhere(`${formatImageReference(image)} is there, but not for ${architecture}: only ${others}.`);
  }
  const manifest = chosen === undefined ? named : await client.manifest(chosen.digest, signal);
  const digest = (manifest as Manifest | null)?.config?.digest;
  const blob = typeof digest === "string" && DIGEST.test(digest) ? await client.blob(digest, signal) : null;
  const facts: ImageFacts = {
    place: "registry",
    digest: image.digest ?? null,
    sizeBytes: null,
    ...readConfig(blob),
  };
  return facts;
}

interface Manifest {
  readonly config?: { readonly digest?: unknown } | null;
  /** Of an index. */
  readonly manifests?: unknown;
}

interface Platform {
  readonly architecture: string;
  readonly digest: string;
}

const PLATFORMS_MAX = 50;

/** Of an index; none otherwise. Attestations, which stand there too, are for no machine. */
function platformsOf(manifest: unknown): readonly Platform[] {
  const { manifests } = (manifest ?? {}) as Manifest;
  if (!Array.isArray(manifests)) return [];
  return manifests.slice(0, PLATFORMS_MAX).flatMap((entry: unknown) => {
    const { digest, platform } = (entry ?? {}) as {
      readonly digest?: unknown;
      readonly platform?: { readonly os?: unknown; readonly architecture?: unknown } | null;
    };
    const architecture = architectureOf(platform?.architecture);
    const isUsable = platform?.os === "linux" && typeof digest === "string" && DIGEST.test(digest);
    return isUsable && architecture !== null ? [{ digest, architecture }] : [];
  });
}

/** What stands here is shown in sentences of ours. */
const ARCHITECTURE = /^\w{1,20}$/;
const PORT_MAX = 65_535;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Of a stranger: whatever is not as it should be counts as unknown. */
function readConfig(blob: Buffer | null): Pick<ImageFacts, "architecture" | "exposedPorts"> {
  const unknown = { architecture: null, exposedPorts: [] };
  if (blob === null) return unknown;
  try {
    const { architecture, config } = JSON.parse(blob.toString("utf8")) as {
      readonly architecture?: unknown;
      readonly config?: { readonly ExposedPorts?: object | null };
    };
    return {
      architecture: architectureOf(architecture),
      exposedPorts: Object.keys(config?.ExposedPorts ?? {})
        .filter((port) => /^[1-9]\d{0,4}(?:\/tcp)?$/.test(port))
        .map((port) => Number.parseInt(port, 10))
        .filter((port) => port <= PORT_MAX)
        .slice(0, 20),
    };
  } catch {
    return unknown;
  }
}

function architectureOf(given: unknown): string | null {
  return typeof given === "string" && ARCHITECTURE.test(given) ? given : null;
}
