/**
 * Keeps room on the disk: while less is free than a reserve, the oldest lines that instances and requests left go, those of
 * whoever has most first, before anything else on the machine fails for want of space. Logs of events and operations are not
 * touched; they are small, and tell what happened.
 */
import { statfs } from "node:fs/promises";
import type { EventRecorder } from "../../ports/event-recorder.ts";
import { groupOf } from "../../ports/service-log.ts";
import type { FileAccess } from "./file-access.ts";
import { isId, listStreams } from "./stream-files.ts";
import type { StreamLogs } from "./stream-logs.ts";
import { placed, type PlacedSegment, removeSegments } from "./sweeper.ts";

const MIB = 1024 * 1024;
/** A disk that stays full is told of once an hour. */
const TOLD_EVERY_MS = 3_600_000;
/** More is freed than is missing, so that it does not begin anew at once. */
const FREED_SHARE = 1.25;

export interface DiskReserve {
  readonly share: number;
  readonly bytes: number;
}

/** Whichever is less. */
export const defaultDiskReserve: DiskReserve = { share: 0.05, bytes: 1024 * MIB };

export interface DiskSpace {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

export interface DiskGuardContext {
  readonly root: string;
  readonly access: FileAccess;
  readonly logs: StreamLogs;
  readonly reserve: DiskReserve;
  readonly events: EventRecorder | null;
  readonly readSpace?: (path: string) => Promise<DiskSpace>;
}

/** Removes nothing while there is room. */
export async function guardDisk(context: DiskGuardContext, nowMs: number): Promise<void> {
  const { root, access, reserve, events, readSpace = spaceOf } = context;
  if ((await access.names(root)).length === 0) return;
  const space = await readSpace(root);
  const missing = missingBytes(space, reserve);
  if (missing <= 0) return;
  const victims = chooseLargest(await candidates(context), missing * FREED_SHARE);
  await removeSegments(context, victims);
  const freedBytes = victims.reduce((sum, { segment }) => sum + segment.bytes, 0);
  await events?.record(`logs-disk-low/${Math.floor(nowMs / TOLD_EVERY_MS)}`, {
    atMs: nowMs,
    detailType: "Slipway Machine Warning",
    serviceId: null,
    resources: [],
    severity: "WARN",
    message: `The disk of the logs is nearly full: ${mib(space.freeBytes)} MiB are free. The oldest application and access logs (${mib(freedBytes)} MiB) were removed.`,
    detail: { warning: "disk-low", freeBytes: space.freeBytes, removedLogBytes: freedBytes },
  });
}

/** Pure. */
export function missingBytes({ totalBytes, freeBytes }: DiskSpace, reserve: DiskReserve): number {
  return Math.min(totalBytes * reserve.share, reserve.bytes) - freeBytes;
}

/** Pure: the oldest segment of the service that has most, until there is enough. */
export function chooseLargest(
  segments: readonly PlacedSegment[],
  wantedBytes: number,
): readonly PlacedSegment[] {
  const byService = [...Map.groupBy(segments, ({ files }) => files.serviceId).values()].map((own) => ({
    left: own.toSorted((one, other) => other.segment.modifiedAtMs - one.segment.modifiedAtMs),
    bytes: own.reduce((sum, { segment }) => sum + segment.bytes, 0),
  }));
  const victims: PlacedSegment[] = [];
  for (let freed = 0; freed < wantedBytes;) {
    const largest = byService.reduce((most, one) => (one.bytes > most.bytes ? one : most), {
      left: [],
      bytes: 0,
    });
    const oldest = largest.left.pop();
    if (oldest === undefined) return victims;
    victims.push(oldest);
    largest.bytes -= oldest.segment.bytes;
    freed += oldest.segment.bytes;
  }
  return victims;
}

async function candidates({ root, access }: DiskGuardContext): Promise<readonly PlacedSegment[]> {
  const services = (await access.names(root)).filter(isId);
  const streams = await Promise.all(services.map(async (id) => listStreams(access, root, id)));
  return placed(streams.flat()).filter(({ files }) => groupOf(files.stream) !== "service");
}

async function spaceOf(path: string): Promise<DiskSpace> {
  const { bsize, blocks, bavail } = await statfs(path);
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}

function mib(bytes: number): number {
  return Math.round(bytes / MIB);
}
