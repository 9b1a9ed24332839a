import { SlipwayError } from "../../../domain/error.ts";
import type { Tables } from "../../../ports/store.ts";
import type { Handler } from "../../handler.ts";
import { ALL_ROWS } from "../../paging.ts";
import { findNetwork, networkToWire } from "../../resources/network.ts";

/** Ours: not while a VPC connector names it. */
export const deleteNetwork: Handler<"DeleteNetwork"> = async (input, { store, scope }) => {
  const row = await store.transaction(async (tx) => {
    const found = await findNetwork(input.NetworkId, tx, scope);
    const [user] = await connectorsNaming(found.id, tx);
    if (user !== undefined) {
      const kind = found.kind === "subnet" ? "Subnet" : "Security group";
      const users = `VPC connector ${user.name}`;
      throw new SlipwayError("ResourceInUse", { kind, arn: found.id, users, remedy: "Delete that first." });
    }
    await tx.networks.remove(found.arn);
    return found;
  });
  return { Network: networkToWire(row) };
};

async function connectorsNaming(id: string, tx: Tables) {
  const { rows } = await tx.vpcConnectors.list({ latestOnly: false }, { after: null, limit: ALL_ROWS });
  return rows.filter(({ subnets, securityGroups }) => subnets.includes(id) || securityGroups.includes(id));
}
