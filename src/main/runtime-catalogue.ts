/** The managed runtimes of this machine, and what of them is being made. A build lasts minutes and ends with the process. */
import { BuildQueue } from "../builder/buildkit/build-queue.ts";
import type { LocalRuntimeBases } from "../builder/runtimes/local-runtime-bases.ts";
import type { Runtime } from "../domain/runtime.ts";
import type { RuntimeBuild, RuntimeCatalogue, RuntimePresence } from "../ports/runtime-catalogue.ts";

type Bases = Pick<LocalRuntimeBases, "list" | "build" | "whyUnavailable">;

/** Each takes a processor and a gigabyte of disk for minutes, beside the builds of services. */
const AT_ONCE = 1;

export class LocalRuntimeCatalogue implements RuntimeCatalogue {
  readonly #bases: Bases;
  readonly #end: AbortSignal;
  readonly #builds = new Map<string, RuntimeBuild>();
  readonly #turns = new BuildQueue(AT_ONCE);

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

  async whyUnavailable(runtime: Runtime, signal: AbortSignal): Promise<string | null> {
    try {
      return (await this.#bases.whyUnavailable(runtime, signal))?.message ?? null;
    } catch {
      return null; // an engine that does not answer says nothing of the runtime
    }
  }

  build(runtime: Runtime, wantedVersion: string | null): void {
    if (this.#builds.get(runtime.name)?.outcome === "running") return;
    this.#tell(runtime, "running", "Begun.");
    const onWait = (others: number) => this.#tell(runtime, "running", waitingFor(others));
    const make = () => this.#make(runtime, wantedVersion);
    this.#turns.run(runtime.name, onWait, make, this.#end).then(
      () => this.#tell(runtime, "done", "Done."),
      (error: unknown) =>
        this.#tell(runtime, "failed", error instanceof Error ? error.message : String(error)),
    );
  }

  #make(runtime: Runtime, wantedVersion: string | null): Promise<unknown> {
    const report = (line: string) => this.#tell(runtime, "running", line);
    report("Begun."); // what waited does not wait any more
    return this.#bases.build(runtime, wantedVersion, report, this.#end);
  }

  #tell(runtime: Runtime, outcome: RuntimeBuild["outcome"], lastLine: string): void {
    this.#builds.set(runtime.name, { outcome, lastLine });
  }
}

function waitingFor(others: number): string {
  return `Waiting for ${others} other runtime${others === 1 ? "" : "s"} to be made.`;
}
