import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { toWireObservabilitySummary } from "../resources/observability.ts";

/** App Runner API, ListObservabilityConfigurations: active ones; LatestOnly is true unless given. */
export const listObservabilityConfigurations: Handler<"ListObservabilityConfigurations"> = async (
  input,
  context,
) => {
  const { ObservabilityConfigurationName: name, LatestOnly: latestOnly = true } = input;
  const filter = { latestOnly, ...(name !== undefined && { name }) };
  const page = await readPage({ operation: "ListObservabilityConfigurations", input }, context, (request) =>
    context.store.observabilityConfigurations.list(filter, request),
  );
  return {
    ObservabilityConfigurationSummaryList: page.rows.map(toWireObservabilitySummary),
    ...page.nextToken,
  };
};
