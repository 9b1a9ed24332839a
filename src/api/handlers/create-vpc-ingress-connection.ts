import type { InputOf } from "../../contract/index.ts";
import { formatArn } from "../../domain/arn.ts";
import type { VpcIngressConnection } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import { assertBelowQuota } from "../../domain/quota.ts";
import type { Service } from "../../domain/service.ts";
import type { Tables } from "../../ports/store.ts";
import type { Handler, HandlerContext } from "../handler.ts";
import { vpcIngressKind } from "../resources/resource-kind.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { assertTags, putNewTags, tagsFromWire } from "../resources/tags.ts";
import { settleAllVpcIngress, toWireVpcIngress } from "../resources/vpc-ingress.ts";

/** App Runner API, CreateVpcIngressConnection: for a private service, one each, names unique among active ones. */
export const createVpcIngressConnection: Handler<"CreateVpcIngressConnection"> = async (input, context) => {
  const { store, scope, quotas } = context;
  const tags = tagsFromWire(input.Tags);
  assertTags(tags, { present: [], kind: vpcIngressKind.type, quotas });
  const service = await findLiveService(input.ServiceArn, context);
  assertPrivate(service);
  const row = newConnection(input, service, context);
  await store.transaction(async (tx) => {
    await assertRoom(row, tx, quotas.vpcIngressConnectionsPerService);
    await tx.vpcIngressConnections.save(row);
    await putNewTags(row.arn, tags, tx);
  });
  context.networks.ingressChanged();
  return { VpcIngressConnection: toWireVpcIngress(row, scope) };
};

function assertPrivate({ configuration }: Service): void {
  if (!configuration.network.isPubliclyAccessible) return;
  throw new SlipwayError("InvalidParameter", {
    path: "ServiceArn",
    problem:
      "must be that of a private service; this one is public: update it with IsPubliclyAccessible false first",
  });
}

async function assertRoom(row: VpcIngressConnection, tx: Tables, limit: number): Promise<void> {
  const all = await settleAllVpcIngress(tx);
  if (all.some(({ name }) => name === row.name)) {
    throw new SlipwayError("ResourceNameTaken", { kind: "VPC ingress connection", name: row.name });
  }
  const ofService = all.filter(({ serviceArn }) => serviceArn === row.serviceArn);
  assertBelowQuota(ofService.length, limit, "VPC ingress connections of a service");
}

function newConnection(
  input: InputOf<"CreateVpcIngressConnection">,
  service: Service,
  { scope, ids, clock }: Pick<HandlerContext, "scope" | "ids" | "clock">,
): VpcIngressConnection {
  const name = input.VpcIngressConnectionName;
  const parentDomain = service.host.slice(service.host.indexOf(".") + 1);
  return {
    arn: formatArn({ ...scope, type: vpcIngressKind.type, name, id: ids.hex32() }),
    name,
    serviceArn: service.arn,
    status: "PENDING_CREATION",
    domainName: `${ids.hostLabel()}.${parentDomain}`,
    vpcId: input.IngressVpcConfiguration.VpcId ?? "",
    vpcEndpointId: input.IngressVpcConfiguration.VpcEndpointId ?? "",
    createdAtMs: clock.now(),
    deletedAtMs: null,
  };
}
