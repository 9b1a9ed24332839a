import type { Handler } from "../handler.ts";
import { findConnection, toWireConnection } from "../resources/connection.ts";
import { notSupportedYet } from "../wire/not-supported-yet.ts";

/** Ours: ends the handshake. Nothing can hold a provider's credential yet, so there is nothing to check. */
export const completeConnection: Handler<"CompleteConnection"> = async (input, { store, scope }) => {
  const row = await findConnection(input.ConnectionArn, store, scope);
  if (row.status === "AVAILABLE") return { Connection: toWireConnection(row) };
  throw notSupportedYet("ConnectionArn", "a credential for a Git provider", "Use an image.");
};
