import type { LogsType } from "../../contract/index.ts";
import type { LogLine } from "../../ports/service-log.ts";

/** Lines are read as they are written: both times are the line's own. */
export function toWireEvent({ timestampMs, text }: LogLine): LogsType<"LogEvent"> {
  return { timestamp: timestampMs, message: text, ingestionTime: timestampMs };
}
