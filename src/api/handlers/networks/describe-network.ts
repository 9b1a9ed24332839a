import type { Handler } from "../../handler.ts";
import { findNetwork, networkToWire } from "../../resources/network.ts";

/** Ours. */
export const describeNetwork: Handler<"DescribeNetwork"> = async (input, { store, scope }) => ({
  Network: networkToWire(await findNetwork(input.NetworkId, store, scope)),
});
