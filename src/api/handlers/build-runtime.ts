import { SlipwayError } from "../../domain/error.ts";
import { findRuntime, versionProblem } from "../../domain/runtime.ts";
import type { Handler } from "../handler.ts";
import { toWireRuntime } from "../wire/runtime-to-wire.ts";

const DEADLINE_MS = 20_000;

/** Ours: begins to make a runtime's base images and answers at once. */
export const buildRuntime: Handler<"BuildRuntime"> = async (input, { runtimes }) => {
  const runtime = findRuntime(input.Runtime);
  if (runtime === undefined) {
    throw new SlipwayError("NoSuchResource", { kind: "Runtime", arn: input.Runtime });
  }
  const { Version: version = null } = input;
  const problem = version === null ? null : versionProblem(runtime, version);
  if (problem !== null) throw new SlipwayError("InvalidParameter", { path: "Version", problem });
  runtimes.build(runtime, version);
  const all = await runtimes.list(AbortSignal.timeout(DEADLINE_MS));
  const built = all.find((one) => one.runtime.name === runtime.name);
  if (built === undefined) throw new Error(`the catalogue leaves out ${runtime.name}`);
  return { Runtime: toWireRuntime(built) };
};
