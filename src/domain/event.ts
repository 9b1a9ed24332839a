/**
 * What happened, in EventBridge's envelope: App Runner's own detail types for services and operations, ours beside them.
 * Details are flat, in camelCase like App Runner's, and hold no secret.
 */

export type EventDetailType =
  | "AppRunner Service Status Change"
  | "AppRunner Service Operation Status Change"
  | "Slipway Instance Ended"
  | "Slipway Instance Health Change"
  | "Slipway Alarm State Change"
  | "Slipway Certificate Warning"
  | "Slipway Machine Warning";

export type EventSeverity = "INFO" | "WARN" | "ERROR";

export interface PlatformEvent {
  /** A UUID; the same one at every attempt to deliver it. */
  readonly id: string;
  readonly atMs: number;
  readonly detailType: EventDetailType;
  /** Null for what concerns no service. */
  readonly serviceId: string | null;
  /** ARNs. */
  readonly resources: readonly string[];
  readonly severity: EventSeverity;
  /** One sentence for people. */
  readonly message: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** `aws.apprunner` for what App Runner would tell too. */
export function eventSource(detailType: EventDetailType): "aws.apprunner" | "slipway" {
  return detailType.startsWith("AppRunner ") ? "aws.apprunner" : "slipway";
}
