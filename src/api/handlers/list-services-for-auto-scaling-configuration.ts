import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { autoScalingKind } from "../resources/resource-kind.ts";
import { findRevision } from "../resources/revision.ts";

/** App Runner API, ListServicesForAutoScalingConfiguration: ARNs only; partial ARNs are taken. */
export const listServicesForAutoScalingConfiguration: Handler<
  "ListServicesForAutoScalingConfiguration"
> = async (input, context) => {
  const { store, scope } = context;
  const where = { kind: autoScalingKind, scope };
  const row = await findRevision(store.autoScalingConfigurations, input.AutoScalingConfigurationArn, where);
  const page = await readPage(
    { operation: "ListServicesForAutoScalingConfiguration", input },
    context,
    (request) => store.services.listUsingAutoScaling(row.arn, request),
  );
  return { ServiceArnList: page.rows.map(({ arn }) => arn), ...page.nextToken };
};
