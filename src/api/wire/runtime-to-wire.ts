/** Managed runtimes on the wire. */
import type * as Wire from "../../contract/index.ts";
import type { RuntimePresence } from "../../ports/runtime-catalogue.ts";

export function toWireRuntime(presence: RuntimePresence): Wire.RuntimeSummary {
  const { runtime, version, sizeBytes, endOfSupport, canBePutTogether, build } = presence;
  return {
    Runtime: runtime.name,
    Versions: runtime.lines.map((line) => line.version),
    State: stateOf(presence),
    PresentVersion: version ?? undefined,
    SizeBytes: version === null ? undefined : sizeBytes,
    EndOfSupport: endOfSupport ?? undefined,
    CanBePutTogether: canBePutTogether,
    LastLine: build?.lastLine,
  };
}

/** A failed build says more than the images that were there before it. */
function stateOf({ version, build }: RuntimePresence): Wire.RuntimeSummary["State"] {
  if (build?.outcome === "running") return "building";
  if (build?.outcome === "failed") return "failed";
  return version === null ? "absent" : "present";
}
