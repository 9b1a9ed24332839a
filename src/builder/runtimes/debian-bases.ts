/** Base images put together on this machine from Debian's packages and npm's binaries of Node: minutes, once. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { runtimes, type Runtime } from "../../domain/runtime.ts";
import { BuildError } from "../../ports/builder.ts";
import { writeBaseContext, type NodePackages } from "./base-context.ts";
import { debianDockerfile, type MachineFiles } from "./base-dockerfile.ts";
import { buildBase } from "./base-builder.ts";
import { debianName, keyOf, type BaseIdentity } from "./base-image.ts";
import { buildDebianBase, DEBIAN_RELEASE, debianBaseText } from "./debian-base.ts";
import type { Images } from "./images.ts";
import { fetchPackages } from "./npm-packages.ts";
import { tellProgress } from "./progress.ts";
import { recipes, type NodeRecipe, type Recipe } from "./recipe.ts";
import { ToolFailed } from "./run-tool.ts";
import { SharedWork } from "./shared-work.ts";
import { mayBecome, satisfies } from "./version.ts";

export interface BaseRequest {
  readonly runtime: Runtime;
  readonly wantedVersion: string | null;
  readonly isFresh: boolean;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What is younger counts as today's: several runtimes are made anew on one Debian. */
const FRESH_MS = 12 * 60 * 60_000;

export class DebianBases {
  readonly #images: Images;
  readonly #directory: string;
  readonly #now: () => number;
  readonly #base = new SharedWork<void>();

  /** `directory` is for temporary files. */
  constructor(images: Images, directory: string, now: () => number) {
    this.#images = images;
    this.#directory = directory;
    this.#now = now;
  }

  /** Null for a runtime that cannot be put together here. */
  keyFor(runtime: Runtime, machine: MachineFiles): string | null {
    const recipe = recipes[runtime.name];
    if (recipe === undefined) return null;
    return recipeKey(runtime, recipe, machine);
  }

  /** Throws BuildError "runtime" when this version cannot be put together here. */
  async provide(request: BaseRequest, machine: MachineFiles): Promise<BaseIdentity> {
    const { runtime, wantedVersion, report, signal } = request;
    const recipe = this.#recipeFor(runtime, wantedVersion);
    await this.#ensureDebian(request);
    const work = await mkdtemp(join(this.#directory, "base-"));
    try {
      const node = recipe.node === null ? null : await this.#fetchNode(request, recipe.node, work);
      const dockerfile = debianDockerfile(baseImageName, runtime.language, recipe, machine);
      const build = {
        runtime,
        key: recipeKey(runtime, recipe, machine),
        foundation: "debian" as const,
        contextPath: join(work, "context.tar"),
        packages: node === null ? [] : [node.binary, ...node.tools].map(toText),
        // A Debian that was put together anew lets nothing come from the cache.
        isFresh: false,
        acceptVersion: (version: string) => {
          if (!satisfies(version, wantedVersion)) throw unavailable(runtime, wantedVersion, version);
        },
      };
      await writeBaseContext(build.contextPath, { dockerfile, machine, node });
      return await tellProgress(`Putting together the images of ${runtime.yamlName}`, report, () =>
        buildBase(this.#images, build, signal),
      );
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  /** A new one gives its packages to all that is put together on it afterwards. */
  async #ensureDebian({ isFresh, report, signal }: BaseRequest): Promise<void> {
    const present = await this.#images.find(baseImageName, signal);
    const isOld = present !== null && this.#now() - present.createdAtMs > FRESH_MS;
    if (present !== null && !(isFresh && isOld)) return;
    await this.#base.run(baseImageName, { report, signal }, async (report, signal) => {
      const options = { directory: this.#directory, labels: { "slipway.runtime.base": DEBIAN_RELEASE } };
      await tellProgress("Putting together a small Debian 12", report, () =>
        buildDebianBase(this.#images, baseImageName, options, signal),
      );
    });
  }

  #recipeFor(runtime: Runtime, wantedVersion: string | null): Recipe {
    const recipe = recipes[runtime.name];
    if (recipe === undefined || !mayBecome(recipe.version, wantedVersion))
      throw unavailable(runtime, wantedVersion);
    return recipe;
  }

  async #fetchNode(request: BaseRequest, node: NodeRecipe, directory: string): Promise<NodePackages> {
    const { runtime, wantedVersion, signal } = request;
    const range = wantedVersion ?? node.major;
    const tools = Object.entries(node.tools).map(([name, range]) => `${name}@${range}`);
    try {
      const [binary, ...rest] = await fetchPackages(
        [`node-linux-${process.arch}@${range}`, ...tools],
        directory,
        signal,
      );
      if (binary === undefined) throw new Error("npm fetched nothing");
      return { binary, tools: rest };
    } catch (error) {
      // npm's code for "no such version".
      if (error instanceof ToolFailed && /\bETARGET\b/.test(error.message))
        throw unavailable(runtime, wantedVersion);
      throw error;
    }
  }
}

/** The hash stands for how it is made: another recipe makes another image. */
const baseImageName = debianName(keyOf(debianBaseText, process.arch));

/** Raised when what goes into the images changes without a change of their recipes. */
const CONTENT_VERSION = "1";

function recipeKey(runtime: Runtime, recipe: Recipe, machine: MachineFiles): string {
  const dockerfile = debianDockerfile(baseImageName, runtime.language, recipe, machine);
  return keyOf(CONTENT_VERSION, dockerfile, JSON.stringify(recipe.node), ...[...machine].flat());
}

function toText({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}=${version}`;
}

export function unavailable(runtime: Runtime, wantedVersion: string | null, version?: string): BuildError {
  const wanted = wantedVersion === null ? runtime.name : `${runtime.name} ${wantedVersion}`;
  const reason =
    version === undefined
      ? "no registry can be reached and Debian 12 and npm do not have it"
      : `no registry can be reached and Debian 12 has ${version}`;
  return new BuildError(
    "runtime",
    `${wanted} cannot be had on this machine: ${reason}. There are ${available()}.`,
  );
}

/** `NODEJS_22 (22), PYTHON_311 (3.11.2)`. */
function available(): string {
  const known = runtimes.filter(({ name }) => recipes[name] !== undefined);
  return known.map(({ name }) => `${name} (${recipes[name]?.version})`).join(", ");
}
