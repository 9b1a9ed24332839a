import type { Handler } from "../handler.ts";
import { findConnection, toWireConnection } from "../resources/connection.ts";
import { connectionKind } from "../resources/resource-kind.ts";
import { assertUnused } from "../resources/revision.ts";

/** App Runner API, DeleteConnection: not while a service uses it. There is no call that would show it afterwards. */
export const deleteConnection: Handler<"DeleteConnection"> = async (input, { store, scope }) => {
  const row = await store.transaction(async (tx) => {
    const found = await findConnection(input.ConnectionArn, tx, scope);
    const users = await tx.services.listUsing("connection", found.arn);
    await assertUnused(connectionKind, found.arn, users, tx);
    await tx.connections.remove(found.arn);
    await tx.tags.removeAll(found.arn);
    return found;
  });
  return { Connection: toWireConnection({ ...row, status: "DELETED" }) };
};
