/** From a source tree to a build plan: by the repository's own Dockerfile where one is wished, else a managed runtime. */
import type { BuildPlan, PlanRequest } from "./build-plan.ts";
import { planDockerfile } from "./plan-dockerfile.ts";
import { planManaged } from "./plan-managed.ts";
import type { RuntimeBases } from "./runtimes/runtime-bases.ts";
import type { SourceTree } from "./source-tree.ts";

/** Throws BuildError "configuration" or "runtime". */
export function planBuild(
  tree: SourceTree,
  request: PlanRequest,
  bases: Pick<RuntimeBases, "ensure">,
): Promise<BuildPlan> {
  const { dockerfile } = request;
  return dockerfile === null ? planManaged(tree, request, bases) : planDockerfile(tree, request, dockerfile);
}
