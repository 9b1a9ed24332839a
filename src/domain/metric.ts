/** What is measured, by App Runner's names (reference: AWS/AppRunner in CloudWatch), and ours beside them. */

export type MetricName = keyof typeof metrics;

/** CloudWatch's names of units. */
export type MetricUnit = "Count" | "Milliseconds" | "Percent" | "Bytes" | "None";

export interface Metric {
  readonly unit: MetricUnit;
  readonly meaning: string;
  /** Measured for a service as a whole, for single instances, or for both. */
  readonly levels: readonly ("service" | "instance")[];
}

export const metrics = {
  Requests: { unit: "Count", meaning: "Requests that ended", levels: ["service"] },
  "2xxStatusResponses": {
    unit: "Count",
    meaning: "Of them with a status from 200 to 299",
    levels: ["service"],
  },
  "3xxStatusResponses": {
    unit: "Count",
    meaning: "Of them with a status from 300 to 399",
    levels: ["service"],
  },
  "4xxStatusResponses": {
    unit: "Count",
    meaning: "Of them with a status from 400 to 499",
    levels: ["service"],
  },
  "5xxStatusResponses": { unit: "Count", meaning: "Of them with a status from 500 on", levels: ["service"] },
  RequestLatency: {
    unit: "Milliseconds",
    meaning: "From a request's first byte to its answer's last, as the edge saw it",
    levels: ["service"],
  },
  Concurrency: {
    unit: "Count",
    meaning: "Requests that the service's instances had at once",
    levels: ["service"],
  },
  ActiveInstances: { unit: "Count", meaning: "Instances that had requests", levels: ["service"] },
  ProvisionedInstances: { unit: "Count", meaning: "Instances that were there", levels: ["service"] },
  QueuedRequests: { unit: "Count", meaning: "Requests that waited for an instance", levels: ["service"] },
  CPUUtilization: {
    unit: "Percent",
    meaning: "Processor time, as a share of what an instance may have",
    levels: ["service", "instance"],
  },
  MemoryUtilization: {
    unit: "Percent",
    meaning: "Memory, as a share of what an instance may have",
    levels: ["service", "instance"],
  },
  EgressBytes: { unit: "Bytes", meaning: "Bytes of the answers", levels: ["service"] },
} as const satisfies Record<string, Metric>;

export function isMetricName(text: string): text is MetricName {
  return Object.hasOwn(metrics, text);
}
