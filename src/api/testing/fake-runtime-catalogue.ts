/** Every runtime absent, until a test says otherwise. */
import { type Runtime, runtimes } from "../../domain/runtime.ts";
import type { RuntimeCatalogue, RuntimePresence } from "../../ports/runtime-catalogue.ts";

export class FakeRuntimeCatalogue implements RuntimeCatalogue {
  readonly asked: { readonly name: string; readonly wantedVersion: string | null }[] = [];
  readonly states = new Map<string, Partial<RuntimePresence>>();

  /** Name → why it cannot be had. */
  readonly unavailable = new Map<string, string>();

  whyUnavailable({ name }: Runtime): Promise<string | null> {
    return Promise.resolve(this.unavailable.get(name) ?? null);
  }

  list(): Promise<readonly RuntimePresence[]> {
    return Promise.resolve(runtimes.map((runtime) => this.#presenceOf(runtime)));
  }

  build({ name }: Runtime, wantedVersion: string | null): void {
    this.asked.push({ name, wantedVersion });
    this.states.set(name, { build: { outcome: "running", lastLine: "Begun." } });
  }

  #presenceOf(runtime: Runtime): RuntimePresence {
    return {
      runtime,
      version: null,
      sizeBytes: 0,
      endOfSupport: runtime.lines.at(-1)?.endOfSupport ?? null,
      canBePutTogether: false,
      build: null,
      ...this.states.get(runtime.name),
    };
  }
}
