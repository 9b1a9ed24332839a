/** When a source is asked next. Pure, and from the record alone: a restart changes nothing. */
import { parseImageReference } from "../../domain/image-reference.ts";
import type { Service, Source } from "../../domain/service.ts";
import type { SourceWatch } from "../../domain/source-watch.ts";

export interface WatchIntervals {
  readonly codeMs: number;
  /** Registries count requests, and the hosted ones limit them. */
  readonly imageMs: number;
  /** After many failures. */
  readonly longestMs: number;
}

export const defaultIntervals: WatchIntervals = { codeMs: 60_000, imageMs: 300_000, longestMs: 1_800_000 };

/** So much earlier, at most, a check comes: services that began together do not stay together. */
const JITTER = 0.15;
const DOUBLINGS_MAX = 16;

export function nextCheckAtMs(
  { serviceId, check }: SourceWatch,
  kind: Source["kind"],
  intervals: WatchIntervals,
): number {
  if (check === null) return 0;
  const usualMs = kind === "code" ? intervals.codeMs : intervals.imageMs;
  const slowedMs = usualMs * 2 ** Math.min(check.failureCount, DOUBLINGS_MAX);
  const pauseMs = Math.min(slowedMs, Math.max(intervals.longestMs, usualMs));
  const earlier = 1 - JITTER * fraction(`${serviceId}${check.atMs}`);
  return check.atMs + Math.round(pauseMs * earlier);
}

/** Also when the clock was set back behind the last check. */
export function isDue(watch: SourceWatch, nextAtMs: number, nowMs: number): boolean {
  return watch.poke !== undefined || nowMs >= nextAtMs || nowMs < (watch.check?.atMs ?? 0);
}

/** Whether versions of this service's source can come by themselves. A paused service is not followed. [App Runner] */
export function isFollowed({ status, configuration }: Pick<Service, "status" | "configuration">): boolean {
  const isAlive = status === "RUNNING" || status === "OPERATION_IN_PROGRESS";
  return isAlive && configuration.autoDeploymentsEnabled && !isPinned(configuration.source);
}

/** An image named by its digest is always the same. */
function isPinned(source: Source): boolean {
  if (source.kind === "code") return false;
  return parseImageReference(source.imageIdentifier, "ImageIdentifier").digest !== undefined;
}

/** FNV-1a: always the same for the same text, 0 up to 1. */
function fraction(text: string): number {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) / 2 ** 32;
}
