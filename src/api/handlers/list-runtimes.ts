import { SlipwayError } from "../../domain/error.ts";
import { findRuntime } from "../../domain/runtime.ts";
import type { Handler } from "../handler.ts";
import { toWireRuntime } from "../wire/runtime-to-wire.ts";

/** The engine is asked for each of them, and registries for one. */
const DEADLINE_MS = 20_000;

/** Ours: every managed runtime, present or not; or one, and whether it can be had. */
export const listRuntimes: Handler<"ListRuntimes"> = async ({ Runtime: name }, { runtimes }) => {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const all = await runtimes.list(signal);
  if (name === undefined) return { Runtimes: all.map(toWireRuntime) };
  const runtime = findRuntime(name);
  if (runtime === undefined) throw new SlipwayError("NoSuchResource", { kind: "Runtime", arn: name });
  const WhyUnavailable = (await runtimes.whyUnavailable(runtime, signal)) ?? undefined;
  const found = all.find((one) => one.runtime.name === runtime.name);
  return { Runtimes: found === undefined ? [] : [{ ...toWireRuntime(found), WhyUnavailable }] };
};
