/**
 * VPC ingress connections. Their statuses walk by themselves: what was asked for is pending in the reply and has
 * happened at the next look, because here nothing slow stands behind it.
 */
import type * as Wire from "../../contract/index.ts";
import type { AccountScope } from "../../domain/arn.ts";
import type { VpcIngressConnection } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Tables } from "../../ports/store.ts";
import { ALL_ROWS } from "../paging.ts";
import { toDate, toOptionalDate } from "../wire/time.ts";
import { notFound, parseResourceArn, vpcIngressKind } from "./resource-kind.ts";

type Status = VpcIngressConnection["status"];

/** What a pending status has become by the next look. */
const SETTLED: Partial<Record<Status, Status>> = {
  PENDING_CREATION: "AVAILABLE",
  PENDING_UPDATE: "AVAILABLE",
  PENDING_DELETION: "DELETED",
};

/** Call inside a transaction: it saves a status that has settled. */
export async function findVpcIngress(
  arn: string,
  tables: Tables,
  scope: AccountScope,
): Promise<VpcIngressConnection> {
  parseResourceArn(arn, vpcIngressKind, scope);
  const row = await tables.vpcIngressConnections.get(arn);
  if (row === null) throw notFound(vpcIngressKind, arn);
  return settle(row, tables);
}

async function settle(row: VpcIngressConnection, tables: Tables): Promise<VpcIngressConnection> {
  const status = SETTLED[row.status];
  if (status === undefined) return row;
  const settled = { ...row, status };
  await tables.vpcIngressConnections.save(settled);
  return settled;
}

/** All that are not deleted, settled. Call inside a transaction. */
export async function settleAllVpcIngress(tables: Tables): Promise<readonly VpcIngressConnection[]> {
  const all = await tables.vpcIngressConnections.list({ after: null, limit: ALL_ROWS });
  const settled = await Promise.all(all.rows.map((row) => settle(row, tables)));
  return settled.filter(({ status }) => status !== "DELETED");
}

/** Where a private service's custom domains are to lead. */
export async function vpcDnsTargets(
  serviceArn: string,
  { vpcIngressConnections }: Pick<Tables, "vpcIngressConnections">,
): Promise<readonly Wire.VpcDNSTarget[]> {
  const { rows } = await vpcIngressConnections.list({ after: null, limit: ALL_ROWS });
  const open = rows.filter((row) => row.serviceArn === serviceArn && !isGone(row));
  return open.map(({ arn, vpcId, domainName }) => ({
    VpcIngressConnectionArn: arn,
    VpcId: vpcId,
    DomainName: domainName,
  }));
}

function isGone({ status }: VpcIngressConnection): boolean {
  return status === "DELETED" || status === "PENDING_DELETION";
}

/** Which statuses allow a change is App Runner's rule; the rest is InvalidStateException. */
export function assertStatus(
  { status }: VpcIngressConnection,
  allowed: readonly Status[],
  verb: "updated" | "deleted",
): void {
  if (allowed.includes(status)) return;
  throw new SlipwayError("ResourceBusy", { kind: "VPC ingress connection", verb, status });
}

export function toWireVpcIngress(row: VpcIngressConnection, scope: AccountScope): Wire.VpcIngressConnection {
  return {
    VpcIngressConnectionArn: row.arn,
    VpcIngressConnectionName: row.name,
    ServiceArn: row.serviceArn,
    Status: row.status,
    AccountId: scope.account,
    DomainName: row.domainName,
    IngressVpcConfiguration: { VpcId: row.vpcId, VpcEndpointId: row.vpcEndpointId },
    CreatedAt: toDate(row.createdAtMs),
    DeletedAt: toOptionalDate(row.deletedAtMs),
  };
}
