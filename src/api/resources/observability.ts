/** Observability configurations on the wire. */
import type * as Wire from "../../contract/index.ts";
import type { ObservabilityConfiguration } from "../../domain/configuration.ts";
import type { HandlerContext } from "../handler.ts";
import { toDate, toOptionalDate } from "../wire/time.ts";
import { observabilityKind } from "./resource-kind.ts";
import { findActiveRevision } from "./revision.ts";

/** The exact revision that a service names; undefined when it names none. */
export async function resolveObservability(
  given: Wire.ServiceObservabilityConfiguration | undefined,
  { store, scope }: Pick<HandlerContext, "store" | "scope">,
): Promise<string | undefined> {
  const arn = given?.ObservabilityConfigurationArn;
  if (arn === undefined || given?.ObservabilityEnabled !== true) return undefined;
  const where = { kind: observabilityKind, scope };
  return (await findActiveRevision(store.observabilityConfigurations, arn, where)).arn;
}

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
