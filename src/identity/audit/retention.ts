/** Old files go: a day at a time after 90 days, and the oldest when there is too much. The newest is never touched. */
import type { AuditLink } from "../../ports/audit-trail.ts";
import { readLink } from "./chain-link.ts";
import {
  dayOf,
  linesBackward,
  listSegments,
  readSegment,
  removeSegment,
  segmentBytes,
  type Segment,
} from "./segment-files.ts";

const KEPT_DAYS = 90;
const DAY_MS = 86_400_000;

export interface RetentionRequest {
  readonly directory: string;
  /** Null: nothing goes for its age. */
  readonly nowMs: number | null;
  readonly bytesMax: number;
  /** Keeps what the rest of the chain follows; called before anything goes. */
  readonly onDrop: (before: AuditLink) => Promise<void>;
}

/** Returns the names of what went. */
export async function dropOld({
  directory,
  nowMs,
  bytesMax,
  onDrop,
}: RetentionRequest): Promise<readonly string[]> {
  const segments = await listSegments(directory);
  const count = Math.max(expired(segments, nowMs), await surplus(directory, segments, bytesMax));
  const [kept] = segments.slice(count);
  if (count === 0 || kept === undefined) return [];
  const gone = segments.slice(0, count);
  const last = await lastHash(directory, gone);
  await onDrop({ sequence: kept.firstSequence - 1, hash: last });
  for (const segment of gone) await removeSegment(directory, segment);
  return gone.map(({ name }) => name);
}

/** Of the oldest day alone: a clock that jumps for an hour must not empty the trail. */
function expired(segments: readonly Segment[], nowMs: number | null): number {
  const oldest = segments[0]?.day ?? "";
  if (nowMs === null || oldest >= dayOf(nowMs - KEPT_DAYS * DAY_MS)) return 0;
  const next = segments.findIndex(({ day }) => day !== oldest);
  return next === -1 ? Math.max(0, segments.length - 1) : next;
}

async function surplus(directory: string, segments: readonly Segment[], bytesMax: number): Promise<number> {
  let bytes = 0;
  for (let count = segments.length; count > 0; count--) {
    const segment = segments[count - 1];
    if (segment !== undefined) bytes += await segmentBytes(directory, segment);
    if (bytes > bytesMax) return Math.min(count, segments.length - 1);
  }
  return 0;
}

/** Empty where nothing there can be read: then the next record's place cannot be proven, and the check says so. */
async function lastHash(directory: string, segments: readonly Segment[]): Promise<string> {
  for (const segment of segments.toReversed()) {
    const bytes = await readSegment(directory, segment).catch(() => Buffer.alloc(0));
    for (const line of linesBackward(bytes, null)) {
      const link = readLink(line);
      if (link !== null) return link.hash;
    }
  }
  return "";
}
