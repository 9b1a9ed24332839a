import type { Handler } from "../handler.ts";
import { findConnection, toWireConnection } from "../resources/connection.ts";

/** Ours: what AWS's shape of a connection has no room for. */
export const describeConnection: Handler<"DescribeConnection"> = async (input, { store, scope }) => {
  const row = await findConnection(input.ConnectionArn, store, scope);
  return { Connection: toWireConnection(row), ServerUrl: row.serverUrl, Problem: row.problem };
};
