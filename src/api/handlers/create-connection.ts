import { formatArn } from "../../domain/arn.ts";
import type { Connection } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import { assertBelowQuota } from "../../domain/quota.ts";
import type { Handler } from "../handler.ts";
import { toWireConnection } from "../resources/connection.ts";
import { connectionKind } from "../resources/resource-kind.ts";
import { assertTags, putNewTags, tagsFromWire } from "../resources/tags.ts";

/** App Runner API, CreateConnection: it waits in PENDING_HANDSHAKE for CompleteConnection. */
export const createConnection: Handler<"CreateConnection"> = async (input, context) => {
  const { store, scope, ids, clock, quotas } = context;
  const name = input.ConnectionName;
  const tags = tagsFromWire(input.Tags);
  assertTags(tags, { present: [], kind: connectionKind.type, quotas });
  const row: Connection = {
    arn: formatArn({ ...scope, type: connectionKind.type, name, id: ids.hex32() }),
    name,
    providerType: input.ProviderType,
    status: "PENDING_HANDSHAKE",
    createdAtMs: clock.now(),
  };
  await store.transaction(async (tx) => {
    if ((await tx.connections.findByName(name)) !== null) {
      throw new SlipwayError("ResourceNameTaken", { kind: "Connection", name });
    }
    assertBelowQuota(await tx.connections.count(), quotas.connections, "connections");
    await tx.connections.save(row);
    await putNewTags(row.arn, tags, tx);
  });
  return { Connection: toWireConnection(row) };
};
