/** What a build needs to know of the images its stages start from. Implementation: `LocalRuntimeBases`. */
import type { Runtime } from "../../domain/runtime.ts";
import type { BuildPlan } from "../build-plan.ts";

export interface RuntimeBases {
  /**
   * Two images that are on the engine afterwards: found, pulled, or put together here, which takes minutes once and is
   * told to `report`. Throws BuildError "runtime" with a sentence that says which versions can be had on this machine.
   */
  ensure(
    runtime: Runtime,
    wantedVersion: string | null,
    report: (line: string) => void,
    signal: AbortSignal,
  ): Promise<RuntimeBase>;

  /**
   * Before a build by the user's own Dockerfile: public images that it starts from and that no registry can deliver now
   * are stood for by base images of ours, as far as there are such.
   */
  offerPublicImages(
    plan: Pick<BuildPlan, "dockerfile" | "buildArguments">,
    report: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface RuntimeBase {
  /** Of the language, as complete as it is known: `22.14.0`. */
  readonly version: string;
  /** With compilers and package managers. */
  readonly buildImage: string;
  /** With what a finished application needs. */
  readonly runImage: string;
}
