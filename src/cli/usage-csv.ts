/** Usage as a CSV file: a row for each service and period. */
import type { Usage } from "../contract/slipway-operations.ts";
import type { Wire } from "./client.ts";

export interface UsageOfService {
  readonly name: string;
  readonly arn: string;
  /** Epoch seconds. */
  readonly periods: readonly { readonly StartTime: number; readonly Usage: Wire<Usage> }[];
}

const COLUMNS = [
  ["provisioned_instance_hours", "ProvisionedInstanceHours"],
  ["active_instance_hours", "ActiveInstanceHours"],
  ["vcpu_hours", "VcpuHours"],
  ["gb_hours", "GbHours"],
  ["build_minutes", "BuildMinutes"],
  ["automatic_deployment_months", "AutomaticDeploymentMonths"],
  ["requests", "Requests"],
  ["egress_bytes", "EgressBytes"],
  ["instance_starts", "InstanceStarts"],
  ["app_runner_cost_usd", "Cost"],
  ["always_active_cost_usd", "AlwaysActiveCost"],
  ["machine_cost_usd", "MachineCost"],
] as const satisfies readonly (readonly [string, keyof Usage])[];

/** Names and ARNs hold nothing that a CSV file would have to quote. */
export function renderUsageCsv(services: readonly UsageOfService[]): readonly string[] {
  const title = ["period_start", "service", "service_arn", ...COLUMNS.map(([name]) => name)].join(",");
  const rows = services.flatMap(({ name, arn, periods }) =>
    periods.map(({ StartTime, Usage: usage }) => {
      const start = new Date(StartTime * 1000).toISOString();
      return [start, name, arn, ...COLUMNS.map(([, member]) => numberText(usage[member]))].join(",");
    }),
  );
  return [title, ...rows];
}

/** Empty where it is not known. */
function numberText(value: number | undefined): string {
  return value === undefined ? "" : String(Number(value.toFixed(9)));
}
