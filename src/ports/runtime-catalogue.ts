/** The managed runtimes and the base images that are there. Implementation: `main/`, over `builder/runtimes`. */
import type { Runtime } from "../domain/runtime.ts";

export interface RuntimeCatalogue {
  /** Every runtime, in the table's order. */
  list(signal: AbortSignal): Promise<readonly RuntimePresence[]>;
  /**
   * Why no build on this machine can have this runtime: a sentence that says which can be had. Null: it can be had, or
   * nobody knows. Asks a registry, and waits some seconds for its answer.
   */
  whyUnavailable(runtime: Runtime, signal: AbortSignal): Promise<string | null>;
  /**
   * Begins to make a runtime's base images and returns at once. They are made one after the other; what is being made or
   * waits for its turn is not begun again.
   */
  build(runtime: Runtime, wantedVersion: string | null): void;
}

export interface RuntimePresence {
  readonly runtime: Runtime;
  /** Of the images that are there; null: none are. */
  readonly version: string | null;
  readonly sizeBytes: number;
  /** `2028-04-30`; null: none is announced. */
  readonly endOfSupport: string | null;
  /** Whether this machine can make them without a registry. */
  readonly canBePutTogether: boolean;
  /** The last build that was asked for since the start; null: none was. */
  readonly build: RuntimeBuild | null;
}

export interface RuntimeBuild {
  readonly outcome: "running" | "done" | "failed";
  /** What it said last; for a failure the cause. */
  readonly lastLine: string;
}
