import type { Network } from "../../../domain/network.ts";
import { networkArn } from "../../../domain/network.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { assertBelowQuota } from "../../../domain/quota.ts";
import type { Handler } from "../../handler.ts";
import { groupContent, networkToWire, subnetContent } from "../../resources/network.ts";

const NETWORK_QUOTA = 100;
const ID_DIGITS = 17;

/** Ours: what VPC connectors name as a subnet or a security group. */
export const createNetwork: Handler<"CreateNetwork"> = async (input, { store, scope, clock, ids }) => {
  const { Name: name, Kind = "SUBNET" } = input;
  const isSubnet = Kind === "SUBNET";
  const id = `${isSubnet ? "subnet" : "sg"}-${ids.hex32().slice(-ID_DIGITS)}`;
  const nowMs = clock.now();
  const base = { arn: networkArn(scope, id), id, name, createdAtMs: nowMs, updatedAtMs: nowMs };
  const row: Network = isSubnet
    ? {
        ...base,
        status: "ACTIVE",
        kind: "subnet",
        ...subnetContent(input, { dockerNetwork: null, cidrs: [] }),
      }
    : { ...base, status: "ACTIVE", kind: "security-group", ...groupContent(input, { rules: [] }) };
  await store.transaction(async (tx) => {
    if ((await tx.networks.findByName(name)) !== null) {
      throw new SlipwayError("ResourceNameTaken", { kind: "Network", name });
    }
    assertBelowQuota(await tx.networks.count(), NETWORK_QUOTA, "networks");
    await tx.networks.save(row);
  });
  return { Network: networkToWire(row) };
};
