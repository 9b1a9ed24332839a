import type { Handler } from "../../handler.ts";
import { ALL_ROWS } from "../../paging.ts";
import { networkToWire } from "../../resources/network.ts";

/** Ours: the quota keeps them few, so there are no pages. */
export const listNetworks: Handler<"ListNetworks"> = async (_input, { store }) => {
  const { rows } = await store.networks.list({ after: null, limit: ALL_ROWS });
  return { Networks: rows.map(networkToWire) };
};
