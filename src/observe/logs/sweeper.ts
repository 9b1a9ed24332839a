/**
 * Removes what is past its age, the oldest of a group that takes too much, and what a crash left over. A deleted service's
 * logs stay until they are old, as App Runner's do; then nothing of it is left, its directory neither.
 */
import { join } from "node:path";
import { groupOf, type LogGroupKind } from "../../ports/service-log.ts";
import { DRAFT_SUFFIX, type FileAccess } from "./file-access.ts";
import { OWNER_FILE, type OwnerFacts, type Owners } from "./owners.ts";
import { PACKED_SUFFIX } from "./packed-segment.ts";
import type { SegmentPacker } from "./segment-packer.ts";
import {
  isId,
  listStreams,
  segmentPath,
  serviceDirectory,
  type Segment,
  type StreamFiles,
  type StreamSegments,
} from "./stream-files.ts";
import { MIN_PACKED_BYTES } from "./stream-log.ts";
import type { StreamLogs } from "./stream-logs.ts";

const DAY_MS = 86_400_000;
/** A wish about how long lines are kept outlives quiet times of a service, but not for ever. */
const RETENTION_KEPT_MS = 400 * DAY_MS;

export interface SweepLimits {
  readonly maxAgeMs: number;
  readonly maxBytesPerGroup: Readonly<Record<LogGroupKind, number>>;
}

export interface SweepContext {
  readonly root: string;
  readonly access: FileAccess;
  readonly logs: StreamLogs;
  readonly owners: Owners;
  readonly packer: SegmentPacker;
  readonly limits: SweepLimits;
}

export interface PlacedSegment {
  readonly files: StreamFiles;
  readonly segment: Segment;
}

export async function sweep(context: SweepContext, nowMs: number): Promise<void> {
  for (const serviceId of await context.access.names(context.root)) {
    if (!isId(serviceId)) continue;
    await sweepService(context, serviceId, nowMs);
    await tidy(context, serviceId, nowMs);
  }
}

/** Removes what is too old or too much. */
export async function sweepService(context: SweepContext, serviceId: string, nowMs: number): Promise<void> {
  const streams = await listStreams(context.access, context.root, serviceId);
  const facts = await context.owners.facts(serviceId);
  const segments = placed(streams);
  const victims = (["service", "application", "access"] as const).flatMap((group) =>
    chooseVictims(
      segments.filter(({ files }) => groupOf(files.stream) === group),
      { maxAgeMs: maxAgeOf(context, facts, group), maxBytes: context.limits.maxBytesPerGroup[group] },
      nowMs,
    ),
  );
  await removeSegments(context, victims);
}

function maxAgeOf({ limits }: SweepContext, { groups }: OwnerFacts, group: LogGroupKind): number {
  const days = groups[group]?.retentionDays ?? null;
  return days === null ? limits.maxAgeMs : days * DAY_MS;
}

export function placed(streams: readonly StreamSegments[]): readonly PlacedSegment[] {
  return streams.flatMap(({ files, segments }) => segments.map((segment) => ({ files, segment })));
}

/** Pure: too old, or older than what fits. */
export function chooseVictims(
  segments: readonly PlacedSegment[],
  { maxAgeMs, maxBytes }: { readonly maxAgeMs: number; readonly maxBytes: number },
  nowMs: number,
): readonly PlacedSegment[] {
  let kept = 0;
  return segments
    .toSorted((left, right) => right.segment.modifiedAtMs - left.segment.modifiedAtMs)
    .filter(({ segment }) => {
      kept += segment.bytes;
      return kept > maxBytes || nowMs - segment.modifiedAtMs > maxAgeMs;
    });
}

export async function removeSegments(
  { access, logs }: Pick<SweepContext, "access" | "logs">,
  victims: readonly PlacedSegment[],
): Promise<void> {
  const byStream = Map.groupBy(victims, ({ files }) => files);
  for (const [files, own] of byStream) {
    const log = logs.take(files);
    try {
      await log.expire(own.map(({ segment }) => segment));
    } finally {
      logs.release(files);
    }
    if (files.stream.kind === "application") await access.removeEmptyDirectory(files.directory);
  }
}

/** Finishes what a crash interrupted, and removes what is empty. */
async function tidy(context: SweepContext, serviceId: string, nowMs: number): Promise<void> {
  const { access, owners } = context;
  const directory = serviceDirectory(context.root, serviceId);
  const streams = await listStreams(access, context.root, serviceId);
  for (const { files, segments } of streams) await tidyStream(context, files, segments);
  for (const path of [directory, join(directory, "operations"), join(directory, "access")]) {
    await removeDrafts(context, path);
  }
  for (const path of ["operations", "instances", "access"]) {
    await access.removeEmptyDirectory(join(directory, path));
  }
  if (streams.length === 0 && (await isOwnerOutdated(context, serviceId, nowMs)))
    await owners.forget(serviceId);
  await access.removeEmptyDirectory(directory);
}

async function tidyStream(
  { access, packer }: SweepContext,
  files: StreamFiles,
  segments: readonly Segment[],
): Promise<void> {
  if (files.stream.kind === "application") await removeDrafts({ access, packer }, files.directory);
  for (const segment of segments) {
    if (segment.isPacked) await access.remove(segmentPath(files, segment));
  }
  for (const segment of segments.slice(0, -1)) {
    if (!segment.isPacked && segment.bytes >= MIN_PACKED_BYTES) packer.pack(files, segment);
  }
}

async function removeDrafts(
  { access, packer }: Pick<SweepContext, "access" | "packer">,
  directory: string,
): Promise<void> {
  for (const name of await access.names(directory)) {
    const path = join(directory, name);
    if (name.endsWith(PACKED_SUFFIX + DRAFT_SUFFIX) && !packer.isMaking(path)) await access.remove(path);
  }
}

async function isOwnerOutdated(
  { access, owners, root }: SweepContext,
  serviceId: string,
  nowMs: number,
): Promise<boolean> {
  const { groups } = await owners.facts(serviceId);
  if (Object.values(groups).every(({ retentionDays }) => retentionDays === null)) return true;
  const facts = await access.facts(join(serviceDirectory(root, serviceId), OWNER_FILE));
  return facts !== null && nowMs - facts.modifiedAtMs > RETENTION_KEPT_MS;
}
