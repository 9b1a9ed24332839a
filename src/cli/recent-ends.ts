/** Instances of the release in traffic that ended by themselves a short while ago: what `slipway status` says of them. */
import type { Instance, Release } from "../contract/slipway-operations.ts";
import type { Wire } from "./client.ts";
import { printable } from "./style.ts";
import { formatAgo } from "./time.ts";

/** Long enough to notice a crash loop, whose pauses grow to a minute; what is older is history. */
const RECENT_MS = 10 * 60_000;
/** One that was asked to end has another reason. */
const BY_ITSELF = /^(?:exited with code|out of memory)/;

/** Part of what `slipway status --json` prints. */
export interface RecentEnds {
  readonly ReleaseNumber: number;
  readonly Count: number;
  readonly Last: Wire<Instance>;
  /** The release that served before; null when there is none to go back to. */
  readonly PreviousRelease: number | null;
}

/** Instances and releases are newest first. Null: none ended. */
export function recentEnds(
  instances: readonly Wire<Instance>[],
  releases: readonly Wire<Release>[],
  nowMs: number,
): RecentEnds | null {
  const active = releases.find(({ Status }) => Status === "active")?.ReleaseNumber ?? 0;
  const ended = instances.filter(
    ({ ReleaseNumber, Reason, StoppedAt }) =>
      ReleaseNumber === active && BY_ITSELF.test(Reason ?? "") && nowMs - (StoppedAt ?? 0) * 1000 < RECENT_MS,
  );
  const [last] = ended;
  if (last === undefined) return null;
  const before = releases.find(({ HasServed, ReleaseNumber }) => HasServed && ReleaseNumber < active);
  return {
    ReleaseNumber: active,
    Count: ended.length,
    Last: last,
    PreviousRelease: before?.ReleaseNumber ?? null,
  };
}

export function describeEnds(name: string, ends: RecentEnds, nowMs: number): readonly string[] {
  const { ReleaseNumber, Count, Last, PreviousRelease } = ends;
  const instances = Count === 1 ? "1 instance" : `${Count} instances`;
  const back =
    PreviousRelease === null ? "" : ` Back to release ${PreviousRelease}: \`slipway rollback ${name}\`.`;
  return [
    `${instances} of release ${ReleaseNumber} ended in the last 10 minutes, the last one ${formatAgo(Last.StoppedAt, nowMs)}: ${printable(Last.Reason ?? "")}.`,
    `See why: \`slipway logs ${name}\`.${back}`,
  ];
}
