import { SlipwayError } from "../../domain/error.ts";
import { assertBelowQuota } from "../../domain/quota.ts";
import type { Handler } from "../handler.ts";
import { assertNetworksExist } from "../resources/network.ts";
import { vpcConnectorKind } from "../resources/resource-kind.ts";
import { addRevision } from "../resources/revision.ts";
import { assertTags, putNewTags, tagsFromWire } from "../resources/tags.ts";
import { toWireVpcConnector } from "../resources/vpc-connector.ts";

/** App Runner API, CreateVpcConnector: one active revision per name. There is no default group: without one, all of the subnets. */
export const createVpcConnector: Handler<"CreateVpcConnector"> = async (input, context) => {
  const { store, quotas, scope } = context;
  const { VpcConnectorName: name, Subnets: subnets, SecurityGroups: securityGroups = [] } = input;
  if (subnets.length === 0) {
    throw new SlipwayError("InvalidParameter", { path: "Subnets", problem: "must name at least one subnet" });
  }
  const tags = tagsFromWire(input.Tags);
  assertTags(tags, { present: [], kind: vpcConnectorKind.type, quotas });
  const quota = { names: quotas.vpcConnectors, revisions: 1 };
  const row = await store.transaction(async (tx) => {
    if ((await tx.vpcConnectors.getLatest(name)) !== null) {
      throw new SlipwayError("ResourceNameTaken", { kind: "VPC connector", name });
    }
    await assertNetworksExist({ subnets, securityGroups }, tx, scope);
    assertBelowQuota(await tx.vpcConnectors.countNames(), quotas.vpcConnectors, "VPC connectors");
    const made = await addRevision(
      tx.vpcConnectors,
      { name, kind: vpcConnectorKind, quota, make: (revision) => ({ ...revision, subnets, securityGroups }) },
      context,
    );
    await putNewTags(made.arn, tags, tx);
    return made;
  });
  return { VpcConnector: toWireVpcConnector(row) };
};
