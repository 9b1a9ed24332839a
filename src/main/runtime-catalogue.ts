/** The managed runtimes of this machine, and what of them is being made. A build lasts minutes and ends with the process. */
import type { LocalRuntimeBases } from "../builder/runtimes/local-runtime-bases.ts";
import type { Runtime } from "../domain/runtime.ts";
import type { RuntimeBuild, RuntimeCatalogue, RuntimePresence } from "../ports/runtime-catalogue.ts";

type Bases = Pick<LocalRuntimeBases, "list" | "build">;

export class LocalRuntimeCatalogue implements RuntimeCatalogue {
  readonly #bases: Bases;
  readonly #end: AbortSignal;
  readonly #builds = new Map<string, RuntimeBuild>();

  constructor(bases: Bases, end: AbortSignal) {
    this.#bases = bases;
    this.#end = end;
  }

  async list(signal: AbortSignal): Promise<readonly RuntimePresence[]> {
    const states = await this.#bases.list(signal);
    return states.map(({ runtime, version, sizeBytes, endOfSupport, canBePutTogether }) => ({
      runtime,
      version,
      sizeBytes,
      endOfSupport,
      canBePutTogether,
      build: this.#builds.get(runtime.name) ?? null,
    }));
  }

  build(runtime: Runtime, wantedVersion: string | null): void {
    if (this.#builds.get(runtime.name)?.outcome === "running") return;
    this.#tell(runtime, "running", "Begun.");
    this.#make(runtime, wantedVersion).then(
      () => this.#tell(runtime, "done", "Done."),
      (error: unknown) =>
        this.#tell(runtime, "failed", error instanceof Error ? error.message : String(error)),
    );
  }

  #make(runtime: Runtime, wantedVersion: string | null): Promise<unknown> {
    const report = (line: string) => this.#tell(runtime, "running", line);
    return this.#bases.build(runtime, wantedVersion, report, this.#end);
  }

  #tell(runtime: Runtime, outcome: RuntimeBuild["outcome"], lastLine: string): void {
    this.#builds.set(runtime.name, { outcome, lastLine });
  }
}
