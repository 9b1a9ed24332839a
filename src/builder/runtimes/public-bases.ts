/** Base images made from public ones, where a registry can be reached. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { findLine, type Runtime, type RuntimeLine } from "../../domain/runtime.ts";
import { BuildError } from "../../ports/builder.ts";
import { writeBaseContext } from "./base-context.ts";
import { publicDockerfile, type MachineFiles } from "./base-dockerfile.ts";
import { buildBase } from "./base-builder.ts";
import { keyOf, partsOf, type BaseIdentity } from "./base-image.ts";
import type { BaseRequest } from "./debian-bases.ts";
import { statusOf } from "./engine-answers.ts";
import type { Images } from "./images.ts";
import { tellProgress } from "./progress.ts";
import { satisfies } from "./version.ts";

type ImagePair = Pick<RuntimeLine, "buildImage" | "runImage">;

export class PublicBases {
  readonly #images: Images;

  readonly #directory: string;

  /** `directory` is for temporary files. */
  constructor(images: Images, directory: string) {
    this.#images = images;
    this.#directory = directory;
  }

  keyFor(runtime: Runtime, wantedVersion: string | null, machine: MachineFiles): string | null {
    const pair = publicImages(runtime, wantedVersion);
    return pair === null ? null : keyFor(publicDockerfile(pair, runtime.language, machine), machine);
  }

  /** Throws BuildError "runtime" when the registry does not have this version. */
  async provide(request: BaseRequest, machine: MachineFiles): Promise<BaseIdentity> {
    const { runtime, wantedVersion, isFresh, report, signal } = request;
    const pair = publicImages(runtime, wantedVersion);
    if (pair === null) throw unavailable(runtime, wantedVersion);
    const dockerfile = publicDockerfile(pair, runtime.language, machine);
    const names = new Set(
      partsOf(runtime).map((part) => (part === "build" ? pair.buildImage : pair.runImage)),
    );
    for (const name of names) await tellProgress(`Pulling ${name}`, report, () => this.#pull(name, request));
    const work = await mkdtemp(join(this.#directory, "base-"));
    try {
      const contextPath = join(work, "context.tar");
      await writeBaseContext(contextPath, { dockerfile, machine, node: null });
      const build = {
        runtime,
        key: keyFor(dockerfile, machine),
        foundation: "public" as const,
        contextPath,
        packages: [...names].map((name) => name.replace(":", "=")),
        isFresh,
        acceptVersion: (version: string) => {
          if (!satisfies(version, wantedVersion)) throw unavailable(runtime, wantedVersion);
        },
      };
      return await tellProgress(`Preparing the images of ${runtime.yamlName}`, report, () =>
        buildBase(this.#images, build, signal),
      );
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  async #pull(name: string, { runtime, wantedVersion, signal }: BaseRequest): Promise<void> {
    try {
      await this.#images.pull(name, signal);
    } catch (error) {
      if (statusOf(error) === 404) throw unavailable(runtime, wantedVersion);
      throw error;
    }
  }
}

/**
 * The pinned images of the line, or those of another version of it: their tags begin with the version. Java's do not;
 * there only what is pinned can be had.
 */
export function publicImages(runtime: Runtime, wantedVersion: string | null): ImagePair | null {
  const line = findLine(runtime, wantedVersion);
  if (line === undefined) return null;
  const pinned = /:(\d+(?:\.\d+)+)/.exec(line.runImage)?.[1] ?? "";
  if (satisfies(pinned, wantedVersion) || runtime.language === "java" || wantedVersion === null) return line;
  const ofVersion = (image: string) => image.replace(`:${pinned}`, `:${wantedVersion}`);
  return { buildImage: ofVersion(line.buildImage), runImage: ofVersion(line.runImage) };
}

function keyFor(dockerfile: string, machine: MachineFiles): string {
  return keyOf(dockerfile, ...[...machine].flat());
}

function unavailable(runtime: Runtime, wantedVersion: string | null): BuildError {
  const lines = runtime.lines.map(({ version }) => version).join(", ");
  return new BuildError(
    "runtime",
    `${runtime.name} ${wantedVersion ?? ""} is not in the registry; ask for another version of ${lines}.`,
  );
}
