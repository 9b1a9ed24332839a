/** The event that tells that logs of a service are not written because its key cannot be used. */
import type { KeyUnavailable } from "../../ports/encryption-keys.ts";
import type { EventRecorder } from "../../ports/event-recorder.ts";

/** A key that stays away is told of once an hour. */
const TOLD_EVERY_MS = 3_600_000;

export function unwrittenLogs(
  serviceId: string,
  { keyArn, reason, message }: KeyUnavailable,
  nowMs: number,
): Parameters<EventRecorder["record"]> {
  const key = `logs-not-written/${serviceId}/${Math.floor(nowMs / TOLD_EVERY_MS)}`;
  return [
    key,
    {
      atMs: nowMs,
      detailType: "Slipway Log Warning",
      serviceId,
      resources: [keyArn],
      severity: "WARN",
      message: `Logs of the service are not written, and wait while there is room. ${message}`,
      detail: { warning: "logs-not-written", keyArn, reason },
    },
  ];
}
