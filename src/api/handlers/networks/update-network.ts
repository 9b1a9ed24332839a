import { isSlipwayError, SlipwayError } from "../../../domain/error.ts";
import type { Network } from "../../../domain/network.ts";
import type { Handler } from "../../handler.ts";
import { findNetwork, groupContent, networkToWire, subnetContent } from "../../resources/network.ts";

/** Ours: what is not given stays; instances that run reach the new, and the new alone, once this has answered. */
export const updateNetwork: Handler<"UpdateNetwork"> = async (input, { store, scope, clock, networks }) => {
  const row = await store.transaction(async (tx) => {
    const present = await findNetwork(input.NetworkId, tx, scope);
    const updatedAtMs = clock.now();
    const changed: Network =
      present.kind === "subnet"
        ? { ...present, ...subnetContent(input, present), updatedAtMs }
        : { ...present, ...groupContent(input, present), updatedAtMs };
    await tx.networks.save(changed);
    return changed;
  });
  await networks.applyEgress().catch((error: unknown) => {
    throw isSlipwayError(error, "EngineUnavailable") ? notApplied(row, error) : error;
  });
  return { Network: networkToWire(row) };
};

/** Kept all the same: what is withdrawn must not come back with the engine. */
function notApplied({ kind, name }: Network, cause: SlipwayError): SlipwayError {
  const details = { kind: kind === "subnet" ? "Subnet" : "Security group", name, problem: cause.message };
  return new SlipwayError("ChangeNotApplied", details, { cause });
}
