/**
 * What happened, in EventBridge's envelope: App Runner's own detail types for services and operations, ours beside them.
 * Details are flat, in camelCase like App Runner's, and hold no secret.
 */
import type { Tag } from "./tag.ts";

export const eventDetailTypes = [
  "AppRunner Service Status Change",
  "AppRunner Service Operation Status Change",
  "Slipway Instance Ended",
  "Slipway Instance Health Change",
  "Slipway Alarm State Change",
  "Slipway Certificate Warning",
  "Slipway Key Warning",
  "Slipway Log Warning",
  "Slipway Machine Warning",
] as const;
export type EventDetailType = (typeof eventDetailTypes)[number];

export const eventSeverities = ["INFO", "WARN", "ERROR"] as const;
export type EventSeverity = (typeof eventSeverities)[number];

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
  readonly detail: EventDetail;
  /** Destinations that get it whatever their filters take, as the actions of an alarm. */
  readonly destinationArns?: readonly string[];
  /** Those of a service that was deleted: nobody else remembers them. */
  readonly serviceTags?: readonly Tag[];
}

export type EventDetail = Readonly<Record<string, string | number | boolean | null>>;

/** As an adapter or the heart tells it: the store gives it its id. */
export type NewEvent = Omit<PlatformEvent, "id">;

/** `aws.apprunner` for what App Runner would tell too. */
export function eventSource(detailType: string): "aws.apprunner" | "slipway" {
  return detailType.startsWith("AppRunner ") ? "aws.apprunner" : "slipway";
}
