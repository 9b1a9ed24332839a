/** HealthCheckConfiguration. Ranges are the contract's; what a path may hold is ours, for it goes into HTTP requests. */
import type * as Wire from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { HealthCheck } from "../../domain/health-check.ts";

/** Printable ASCII without blanks. */
const PATH = /^\/[!-~]{0,1023}$/;

export function healthCheckFromWire(
  given: Wire.HealthCheckConfiguration | undefined,
  present: HealthCheck,
): HealthCheck {
  if (given === undefined) return present;
  const path = given.Path ?? present.path;
  if (!PATH.test(path)) {
    throw new SlipwayError("InvalidParameter", {
      path: "HealthCheckConfiguration.Path",
      problem: 'must start with "/" and hold at most 1024 characters of printable ASCII without blanks',
    });
  }
  return {
    protocol: given.Protocol ?? present.protocol,
    path,
    intervalS: given.Interval ?? present.intervalS,
    timeoutS: given.Timeout ?? present.timeoutS,
    healthyThreshold: given.HealthyThreshold ?? present.healthyThreshold,
    unhealthyThreshold: given.UnhealthyThreshold ?? present.unhealthyThreshold,
  };
}
