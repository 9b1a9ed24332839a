import type { Handler } from "../handler.ts";
import { toWireRuntime } from "../wire/runtime-to-wire.ts";

/** The engine is asked for each of them. */
const DEADLINE_MS = 20_000;

/** Ours: every managed runtime, present or not. */
export const listRuntimes: Handler<"ListRuntimes"> = async (_input, { runtimes }) => {
  const all = await runtimes.list(AbortSignal.timeout(DEADLINE_MS));
  return { Runtimes: all.map(toWireRuntime) };
};
