/** VPC connectors on the wire and by ARN. App Runner wants the full ARN for them. */
import type * as Wire from "../../contract/index.ts";
import type { AccountScope } from "../../domain/arn.ts";
import type { VpcConnector } from "../../domain/configuration.ts";
import type { Tables } from "../../ports/store.ts";
import { toDate, toOptionalDate } from "../wire/time.ts";
import { notFound, parseResourceArn, vpcConnectorKind } from "./resource-kind.ts";

export async function findVpcConnector(
  arn: string,
  tables: Tables,
  scope: AccountScope,
): Promise<VpcConnector> {
  parseResourceArn(arn, vpcConnectorKind, scope);
  const row = await tables.vpcConnectors.get(arn);
  if (row === null) throw notFound(vpcConnectorKind, arn);
  return row;
}

export function toWireVpcConnector(row: VpcConnector): Wire.VpcConnector {
  return {
    VpcConnectorName: row.name,
    VpcConnectorArn: row.arn,
    VpcConnectorRevision: row.revision,
    Subnets: row.subnets,
    SecurityGroups: row.securityGroups,
    Status: row.isActive ? "ACTIVE" : "INACTIVE",
    CreatedAt: toDate(row.createdAtMs),
    DeletedAt: toOptionalDate(row.deletedAtMs),
  };
}
