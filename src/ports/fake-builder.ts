/** A builder in memory, for unit tests: gives an image of the engine for each tree. */
import type { Builder, BuildError, BuildRequest, BuiltImage } from "./builder.ts";

type Planned = Parameters<BuildRequest["onPlan"]>[0];

export class FakeBuilder implements Builder {
  readonly requests: BuildRequest[] = [];
  /** What a build gives, and says while it runs. */
  readonly #build: (request: BuildRequest) => BuiltImage;
  readonly #plan: (request: BuildRequest) => Planned;
  readonly #failures: BuildError[] = [];
  /** While set, builds wait for it. */
  gate: Promise<void> | null = null;

  constructor(
    build: (request: BuildRequest) => BuiltImage,
    plan: (request: BuildRequest) => Planned = () => ({ environmentSecrets: {} }),
  ) {
    this.#build = build;
    this.#plan = plan;
  }

  failNext(...errors: readonly BuildError[]): void {
    this.#failures.push(...errors);
  }

  async build(request: BuildRequest, signal: AbortSignal): Promise<BuiltImage> {
    this.requests.push(request);
    await request.onPlan(this.#plan(request));
    request.onLine({ part: "Build", text: "building" });
    if (this.gate !== null) await Promise.race([this.gate, aborted(signal)]);
    const error = this.#failures.shift();
    if (error !== undefined) throw error;
    return this.#build(request);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
