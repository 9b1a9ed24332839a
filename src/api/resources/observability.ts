/** Observability configurations on the wire. */
import type * as Wire from "../../contract/index.ts";
import type { ObservabilityConfiguration } from "../../domain/configuration.ts";
import { toDate, toOptionalDate } from "../wire/time.ts";

export function toWireObservabilityConfiguration(
  row: ObservabilityConfiguration,
): Wire.ObservabilityConfiguration {
  return {
    ...toWireObservabilitySummary(row),
    TraceConfiguration: row.traceVendor === null ? undefined : { Vendor: row.traceVendor },
    Latest: row.isLatest,
    Status: row.isActive ? "ACTIVE" : "INACTIVE",
    CreatedAt: toDate(row.createdAtMs),
    DeletedAt: toOptionalDate(row.deletedAtMs),
  };
}

export function toWireObservabilitySummary(
  row: ObservabilityConfiguration,
): Wire.ObservabilityConfigurationSummary {
  return {
    ObservabilityConfigurationArn: row.arn,
    ObservabilityConfigurationName: row.name,
    ObservabilityConfigurationRevision: row.revision,
  };
}
