/** Looks into repositories: fetched by `sources`, read by `builder`, and nothing of it is kept. */
import { type Detection, detectSource } from "../builder/detect.ts";
import { showAppRunnerFile } from "../builder/apprunner-file.ts";
import { DirectoryTree, normalizePath } from "../builder/source-tree.ts";
import { type Runtime, runtimes } from "../domain/runtime.ts";
import type { IdSource } from "../ports/clock.ts";
import type { RuntimeCatalogue } from "../ports/runtime-catalogue.ts";
import { type SourceCode, SourceError } from "../ports/source-code.ts";
import type {
  DetectedBuild,
  DetectedSource,
  DetectionRequest,
  RepositoryPlace,
  SourceDetector,
} from "../ports/source-detector.ts";

/** Each is a whole checkout, of a repository that may be large. */
const AT_ONCE = 4;

export class RepositorySourceDetector implements SourceDetector {
  readonly #sourceCode: SourceCode;
  readonly #ids: Pick<IdSource, "hex32">;
  readonly #runtimes: Pick<RuntimeCatalogue, "whyUnavailable">;
  #running = 0;

  constructor(
    sourceCode: SourceCode,
    ids: Pick<IdSource, "hex32">,
    runtimes: Pick<RuntimeCatalogue, "whyUnavailable">,
  ) {
    this.#sourceCode = sourceCode;
    this.#ids = ids;
    this.#runtimes = runtimes;
  }

  async detect(request: DetectionRequest, signal: AbortSignal): Promise<DetectedSource> {
    if (this.#running >= AT_ONCE) {
      const problem = `${AT_ONCE} other repositories are being looked into at this moment. Try again.`;
      throw new SourceError("other", problem);
    }
    this.#running += 1;
    try {
      return await this.#detect(request, signal);
    } finally {
      this.#running -= 1;
    }
  }

  async defaultBranch(place: RepositoryPlace, signal: AbortSignal): Promise<string> {
    const serviceId = `detect-${this.#ids.hex32()}`;
    return this.#sourceCode.defaultBranch({ ...place, sourceDirectory: "/", serviceId }, signal);
  }

  async branches(place: RepositoryPlace, signal: AbortSignal): Promise<readonly string[]> {
    const serviceId = `detect-${this.#ids.hex32()}`;
    return this.#sourceCode.branches({ ...place, sourceDirectory: "/", serviceId }, signal);
  }

  async #detect(request: DetectionRequest, signal: AbortSignal): Promise<DetectedSource> {
    const key = this.#ids.hex32();
    // What is fetched for nobody's service is kept under a name that no service has.
    const place = { ...request, serviceId: `detect-${key}` };
    try {
      const branch = request.branch ?? (await this.#sourceCode.defaultBranch(place, signal));
      const location = { ...place, branch };
      const { directory } = await this.#sourceCode.checkout({ key, location, commitId: null }, signal);
      const tree = await DirectoryTree.open(directory);
      const file = request.showsFile
        ? await showAppRunnerFile(tree, normalizePath(request.sourceDirectory))
        : null;
      if (file !== null && file.problems.length > 0) {
        return { branch, build: { kind: "apprunner-file" }, remarks: [], file };
      }
      const unavailable = await this.#unavailable(signal);
      const canBeHad = (runtime: Runtime) => !unavailable.has(runtime);
      const found = await detectSource(tree, request.sourceDirectory, canBeHad);
      return { branch, build: buildOf(found), remarks: found.sentences, file };
    } finally {
      const { serviceId: id, repositoryUrl } = place;
      // What cannot be removed now does not make the answer wrong.
      await this.#sourceCode.discard(key).catch(() => undefined);
      await this.#sourceCode.forgetService({ id, name: "", repositoryUrl }).catch(() => undefined);
    }
  }

  /** What is suggested should be accepted afterwards. */
  async #unavailable(signal: AbortSignal): Promise<ReadonlySet<Runtime>> {
    const problems = await Promise.all(
      runtimes.map((runtime) => this.#runtimes.whyUnavailable(runtime, signal)),
    );
    return new Set(runtimes.filter((_runtime, index) => problems[index] !== null));
  }
}

function buildOf({ dockerfile, values }: Detection): DetectedBuild {
  if (dockerfile !== null) return { kind: "dockerfile", path: dockerfile.path };
  if (values === null) return { kind: "apprunner-file" };
  const { runtime, buildCommand, startCommand, port, environment } = values;
  return { kind: "runtime", runtime, buildCommand, startCommand, port, environment };
}
