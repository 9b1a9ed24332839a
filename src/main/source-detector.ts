/** Looks into repositories: fetched by `sources`, read by `builder`, and nothing of it is kept. */
import { type Detection, detectSource } from "../builder/detect.ts";
import { DirectoryTree } from "../builder/source-tree.ts";
import type { IdSource } from "../ports/clock.ts";
import { type SourceCode, SourceError } from "../ports/source-code.ts";
import type {
  DetectedBuild,
  DetectedSource,
  DetectionRequest,
  SourceDetector,
} from "../ports/source-detector.ts";

/** Each is a whole checkout, of a repository that may be large. */
const AT_ONCE = 4;
/** Where nobody names a branch. */
const USUAL_BRANCHES = ["main", "master"] as const;

export class RepositorySourceDetector implements SourceDetector {
  readonly #sourceCode: SourceCode;
  readonly #ids: Pick<IdSource, "hex32">;
  #running = 0;

  constructor(sourceCode: SourceCode, ids: Pick<IdSource, "hex32">) {
    this.#sourceCode = sourceCode;
    this.#ids = ids;
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

  async #detect(request: DetectionRequest, signal: AbortSignal): Promise<DetectedSource> {
    const key = this.#ids.hex32();
    // What is fetched for nobody's service is kept under a name that no service has.
    const place = { ...request, serviceId: `detect-${key}` };
    try {
      const branch = request.branch ?? (await this.#usualBranch(place, signal));
      const location = { ...place, branch };
      const { directory } = await this.#sourceCode.checkout({ key, location, commitId: null }, signal);
      const found = await detectSource(await DirectoryTree.open(directory), request.sourceDirectory);
      return { branch, build: buildOf(found), remarks: found.sentences };
    } finally {
      const { serviceId: id, repositoryUrl } = place;
      // What cannot be removed now does not make the answer wrong.
      await this.#sourceCode.discard(key).catch(() => undefined);
      await this.#sourceCode.forgetService({ id, name: "", repositoryUrl }).catch(() => undefined);
    }
  }

  async #usualBranch(
    place: DetectionRequest & { readonly serviceId: string },
    signal: AbortSignal,
  ): Promise<string> {
    const [first, ...others] = USUAL_BRANCHES;
    const problem = await this.#problemWith({ ...place, branch: first }, signal);
    if (problem === null) return first;
    for (const branch of others) {
      if ((await this.#problemWith({ ...place, branch }, signal)) === null) return branch;
    }
    throw problem;
  }

  /** Null: the branch is there. */
  async #problemWith(
    location: Parameters<SourceCode["head"]>[0],
    signal: AbortSignal,
  ): Promise<SourceError | null> {
    try {
      await this.#sourceCode.head(location, signal);
      return null;
    } catch (error) {
      if (error instanceof SourceError && error.problem === "no-branch") return error;
      throw error;
    }
  }
}

function buildOf({ dockerfile, values }: Detection): DetectedBuild {
  if (dockerfile !== null) return { kind: "dockerfile", path: dockerfile.path };
  if (values === null) return { kind: "apprunner-file" };
  const { runtime, buildCommand, startCommand, port, environment } = values;
  return { kind: "runtime", runtime, buildCommand, startCommand, port, environment };
}
