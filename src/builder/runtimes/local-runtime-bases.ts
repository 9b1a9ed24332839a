/**
 * The images that builds of managed runtimes start from. Looked for in this order: ours that is on the engine already;
 * the public ones, when a registry can be reached; put together from Debian's packages and npm's binaries of Node.
 *
 * Labels say all that is known of an image, memory holds nothing. An image gets its name when it is complete, and all
 * who want the same one wait for one build.
 */
import { mkdir, rm } from "node:fs/promises";
import { findLine, runtimes, type Runtime } from "../../domain/runtime.ts";
import { BuildError } from "../../ports/builder.ts";
import type { BuildPlan } from "../build-plan.ts";
import { machineFiles, type MachineFiles } from "./base-dockerfile.ts";
import { baseName, labels, newestBase, partsOf, type BaseIdentity, type BaseImage } from "./base-image.ts";
import { DebianBases, type BaseRequest, unavailable } from "./debian-bases.ts";
import { EngineProblem } from "./engine-answers.ts";
import { fromImages } from "./from-images.ts";
import { Images } from "./images.ts";
import { readMachineSettings } from "./machine-settings.ts";
import { PublicBases, publicImages } from "./public-bases.ts";
import { PublicStandIns } from "./public-stand-ins.ts";
import { recipes } from "./recipe.ts";
import { RegistryReach } from "./registry-reach.ts";
import { ToolFailed, ToolMissing } from "./run-tool.ts";
import type { RuntimeBase, RuntimeBases } from "./runtime-bases.ts";
import { SharedWork } from "./shared-work.ts";
import { isVersion, satisfies } from "./version.ts";

export interface LocalRuntimeBasesOptions {
  /** Path of the engine's unix socket. */
  readonly socketPath: string;
  /** For temporary files, some hundred megabytes at a time; ours alone. What a crash left in it goes at first use. */
  readonly workDirectory: string;
  /** Where this machine's settings come from: npm's, pip's, certificates. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** False: nothing is pulled, also where a registry can be reached. True unless given. */
  readonly usesRegistries?: boolean;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** One line of a list of runtimes. */
export interface RuntimeState {
  readonly runtime: Runtime;
  /** Of the image that is there; null: none is. */
  readonly version: string | null;
  /** Where the image that is there comes from. */
  readonly foundation: string | null;
  /** Of both images, without what they share with others taken off. */
  readonly sizeBytes: number;
  /** `2026-04-30`; null: none is announced. */
  readonly endOfSupport: string | null;
  /** Whether it can be put together without a registry. */
  readonly canBePutTogether: boolean;
}

type Sought = Pick<BaseRequest, "runtime" | "wantedVersion" | "signal">;

export class LocalRuntimeBases implements RuntimeBases {
  readonly #options: LocalRuntimeBasesOptions;
  readonly #images: Images;
  readonly #reach: RegistryReach;
  readonly #debian: DebianBases;
  readonly #public: PublicBases;
  readonly #work = new SharedWork<BaseIdentity>();
  readonly #standIns: PublicStandIns;
  #machine: Promise<MachineFiles> | null = null;
  #directory: Promise<void> | null = null;

  constructor(options: LocalRuntimeBasesOptions) {
    this.#options = options;
    this.#images = new Images(options.socketPath);
    this.#reach = new RegistryReach(this.#images, options.now ?? Date.now);
    this.#debian = new DebianBases(this.#images, options.workDirectory, options.now ?? Date.now);
    this.#public = new PublicBases(this.#images, options.workDirectory);
    this.#standIns = new PublicStandIns(this.#images, this.#reach, this);
  }

  async ensure(
    runtime: Runtime,
    wantedVersion: string | null,
    report: (line: string) => void,
    signal: AbortSignal,
  ): Promise<RuntimeBase> {
    const request = { runtime, wantedVersion, isFresh: false, report, signal };
    const identity = await this.#translated(runtime, signal, async () => {
      return (await this.#find(request)) ?? (await this.#provideOnce(request));
    });
    return toRuntimeBase(runtime, identity);
  }

  /** Every runtime, in the table's order, with what of it is on the engine. */
  async list(signal: AbortSignal): Promise<readonly RuntimeState[]> {
    const found = runtimes.map((runtime) => this.#find({ runtime, wantedVersion: null, signal }));
    return (await Promise.all(found)).map((base, index) => toState(runtimes[index] as Runtime, base));
  }

  /** Makes a runtime's images also when they are there: with packages and security updates of today. */
  async build(
    runtime: Runtime,
    wantedVersion: string | null,
    report: (line: string) => void,
    signal: AbortSignal,
  ): Promise<RuntimeBase> {
    const request = { runtime, wantedVersion, isFresh: true, report, signal };
    const make = () => this.#provideOnce(request);
    return toRuntimeBase(runtime, await this.#translated(runtime, signal, make));
  }

  /** What a build would end with for want of this runtime; null: it has it, or only the build can tell. */
  async whyUnavailable(runtime: Runtime, signal: AbortSignal): Promise<BuildError | null> {
    if (recipes[runtime.name] !== undefined) return null;
    const sought = { runtime, wantedVersion: null, signal };
    if ((await this.#find(sought)) !== null || (await this.#isPublic(sought))) return null;
    return unavailable(runtime, null);
  }

  async offerPublicImages(
    { dockerfile, buildArguments }: Pick<BuildPlan, "dockerfile" | "buildArguments">,
    report: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    for (const reference of fromImages(dockerfile, buildArguments))
      await this.#standIns.offer(reference, report, signal);
  }

  async #find({ runtime, wantedVersion, signal }: Sought): Promise<BaseImage | null> {
    const machine = await this.#machineFiles();
    const keys = new Set([
      this.#debian.keyFor(runtime, machine),
      this.#public.keyFor(runtime, wantedVersion, machine),
    ]);
    const images = await this.#images.list(`${labels.runtime}=${runtime.name}`, signal);
    return newestBase(
      images,
      partsOf(runtime),
      ({ version, key }) => keys.has(key) && satisfies(version, wantedVersion),
    );
  }

  async #provideOnce(request: BaseRequest): Promise<BaseIdentity> {
    const { runtime, wantedVersion, isFresh } = request;
    const key = `${runtime.name} ${wantedVersion} ${isFresh}`;
    return await this.#work.run(key, request, (report, signal) =>
      this.#provide({ ...request, report, signal }),
    );
  }

  async #translated<T>(runtime: Runtime, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    try {
      this.#directory ??= emptyDirectory(this.#options.workDirectory);
      await this.#directory;
      return await act();
    } catch (error) {
      signal.throwIfAborted();
      throw toBuildError(error, runtime);
    }
  }

  async #provide(request: BaseRequest): Promise<BaseIdentity> {
    const { runtime, wantedVersion } = request;
    if (wantedVersion !== null && !isVersion(wantedVersion))
      throw new BuildError("runtime", `${runtime.name}: "${wantedVersion}" is not a version.`);
    const machine = await this.#machineFiles();
    const bases = (await this.#isPublic(request)) ? this.#public : this.#debian;
    return await bases.provide(request, machine);
  }

  async #isPublic({ runtime, wantedVersion, signal }: Sought): Promise<boolean> {
    if (this.#options.usesRegistries === false) return false;
    const pair = publicImages(runtime, wantedVersion);
    return pair !== null && (await this.#reach.isReachable(pair.buildImage, signal));
  }

  /** Read once: a change of them takes a restart, as with any program. */
  #machineFiles(): Promise<MachineFiles> {
    this.#machine ??= readMachineSettings(this.#options.environment ?? process.env).then(machineFiles);
    return this.#machine;
  }
}

function toRuntimeBase(runtime: Runtime, identity: BaseIdentity): RuntimeBase {
  const buildImage = baseName(runtime.name, "build", identity);
  const runImage = partsOf(runtime).includes("run") ? baseName(runtime.name, "run", identity) : buildImage;
  return { version: identity.version, buildImage, runImage };
}

async function emptyDirectory(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
}

function toState(runtime: Runtime, found: BaseImage | null): RuntimeState {
  const images = found === null ? [] : [...new Set([found.build, found.run])];
  return {
    runtime,
    version: found?.version ?? null,
    foundation: found?.build.labels[labels.foundation] ?? null,
    sizeBytes: images.reduce((sum, image) => sum + image.sizeBytes, 0),
    endOfSupport: findLine(runtime, found?.version ?? null)?.endOfSupport ?? null,
    canBePutTogether: recipes[runtime.name] !== undefined,
  };
}

/** The user, or whoever keeps the machine, can mend all of these. */
function toBuildError(error: unknown, runtime: Runtime): Error {
  if (error instanceof BuildError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const what = `The images of ${runtime.name} could not be made`;
  if (cause instanceof ToolMissing) {
    const advice = `${cause.message} is missing on this machine; install it (apt install ${cause.message})`;
    return new BuildError("runtime", `${what}: no registry can be reached, and ${advice}.`, { cause });
  }
  const logLines = cause instanceof EngineProblem ? cause.logLines : cause.message.split("\n").slice(-20);
  if (cause instanceof EngineProblem || cause instanceof ToolFailed)
    return new BuildError("runtime", `${what}: ${logLines.at(-1) ?? cause.message}`, { logLines, cause });
  return new BuildError("engine", `${what}: ${cause.message}`, { cause });
}
