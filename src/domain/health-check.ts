/** Health check of a service, and what one probe found. Ranges and defaults: App Runner API, HealthCheckConfiguration. */

export interface HealthCheck {
  readonly protocol: "TCP" | "HTTP";
  /** Only used by HTTP checks. */
  readonly path: string;
  readonly intervalS: number;
  readonly timeoutS: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

export const defaultHealthCheck: HealthCheck = {
  protocol: "TCP",
  path: "/",
  intervalS: 5,
  timeoutS: 2,
  healthyThreshold: 1,
  unhealthyThreshold: 5,
};

/** What a probe saw. Success of HTTP is 2xx or 3xx. */
export type ProbeResult =
  | { readonly isHealthy: true }
  | {
      readonly isHealthy: false;
      readonly problem: "refused" | "timeout" | "reset" | "status" | "invalid-answer";
      readonly status?: number;
      /** First 200 characters of the answer's body, control characters removed. */
      readonly bodyHead?: string;
    };
