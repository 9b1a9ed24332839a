/**
 * Removes what is past its age, and the oldest of a service that takes too much. A deleted service's logs stay until
 * they are old, as App Runner's do; then nothing of it is left, its directory neither.
 */
import { join } from "node:path";
import type { FileAccess } from "./file-access.ts";
import { isId, listStreams, type Segment, type StreamFiles } from "./stream-files.ts";
import type { StreamLogs } from "./stream-logs.ts";

export interface SweepLimits {
  readonly maxAgeMs: number;
  readonly maxBytesPerService: number;
}

export interface SweepContext {
  readonly root: string;
  readonly access: FileAccess;
  readonly logs: StreamLogs;
  readonly limits: SweepLimits;
}

interface PlacedSegment {
  readonly files: StreamFiles;
  readonly segment: Segment;
}

export async function sweep(context: SweepContext, nowMs: number): Promise<void> {
  for (const serviceId of await context.access.names(context.root)) {
    if (isId(serviceId)) await sweepService(context, serviceId, nowMs);
  }
}

async function sweepService(context: SweepContext, serviceId: string, nowMs: number): Promise<void> {
  const streams = await listStreams(context.access, context.root, serviceId);
  const segments = streams.flatMap(({ files, segments }) => segments.map((segment) => ({ files, segment })));
  const victims = chooseVictims(segments, context.limits, nowMs);
  for (const { files } of streams) {
    const own = victims.filter((victim) => victim.files === files).map(({ segment }) => segment);
    if (own.length > 0) await expire(context, files, own);
  }
  const directory = join(context.root, serviceId);
  for (const path of [join(directory, "operations"), join(directory, "instances"), directory]) {
    await context.access.removeEmptyDirectory(path);
  }
}

/** Pure: too old, or older than what fits. */
export function chooseVictims(
  segments: readonly PlacedSegment[],
  { maxAgeMs, maxBytesPerService }: SweepLimits,
  nowMs: number,
): readonly PlacedSegment[] {
  let kept = 0;
  return segments
    .toSorted((left, right) => right.segment.modifiedAtMs - left.segment.modifiedAtMs)
    .filter(({ segment }) => {
      kept += segment.bytes;
      return kept > maxBytesPerService || nowMs - segment.modifiedAtMs > maxAgeMs;
    });
}

async function expire(
  { access, logs }: SweepContext,
  files: StreamFiles,
  victims: readonly Segment[],
): Promise<void> {
  const log = logs.take(files);
  try {
    await log.expire(victims);
  } finally {
    logs.release(files);
  }
  if (files.stream.kind === "application") await access.removeEmptyDirectory(files.directory);
}
