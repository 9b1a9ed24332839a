import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { hasAssociatedService, toWireAutoScalingSummary } from "../resources/auto-scaling.ts";

/** App Runner API, ListAutoScalingConfigurations: active ones; LatestOnly is true unless given. */
export const listAutoScalingConfigurations: Handler<"ListAutoScalingConfigurations"> = async (
  input,
  context,
) => {
  const { AutoScalingConfigurationName: name, LatestOnly: latestOnly = true } = input;
  const filter = { latestOnly, ...(name !== undefined && { name }) };
  const page = await readPage({ operation: "ListAutoScalingConfigurations", input }, context, (request) =>
    context.store.autoScalingConfigurations.list(filter, request),
  );
  const summaries = page.rows.map(async (row) =>
    toWireAutoScalingSummary(row, await hasAssociatedService(row.arn, context.store)),
  );
  return { AutoScalingConfigurationSummaryList: await Promise.all(summaries), ...page.nextToken };
};
