/** Connections by ARN and on the wire. */
import type * as Wire from "../../contract/index.ts";
import type { AccountScope } from "../../domain/arn.ts";
import type { Connection } from "../../domain/configuration.ts";
import type { Tables } from "../../ports/store.ts";
import { toDate } from "../wire/time.ts";
import { connectionKind, notFound, parseResourceArn } from "./resource-kind.ts";

export async function findConnection(arn: string, tables: Tables, scope: AccountScope): Promise<Connection> {
  parseResourceArn(arn, connectionKind, scope);
  const row = await tables.connections.get(arn);
  if (row === null || row.status === "DELETED") throw notFound(connectionKind, arn);
  return row;
}

export function toWireConnection(row: Connection): Wire.Connection {
  return {
    ConnectionName: row.name,
    ConnectionArn: row.arn,
    ProviderType: row.providerType,
    Status: row.status,
    CreatedAt: toDate(row.createdAtMs),
  };
}
