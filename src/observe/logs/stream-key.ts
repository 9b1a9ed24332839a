/** A stream as one short text: in ids of lines and in cursors of searches. */
import type { LogStream } from "../../ports/service-log.ts";
import type { Place } from "./place.ts";

export function streamKey(stream: LogStream): string {
  if (stream.kind === "operation") return `operation/${stream.operationId}`;
  if (stream.kind === "application") return `application/${stream.instanceId}`;
  return stream.kind;
}

/** Of the line that begins at this place: the same whoever finds it. */
export function lineId(stream: LogStream, { segment, offset }: Place): string {
  return `${streamKey(stream)}/${segment}.${offset}`;
}
