import { describe, expect, it } from "vitest";
import { encodeChunk, mergeInto, type Sketches } from "./chunk.ts";
import type { MeasuredBucket } from "./metric-store.ts";
import { codeOf, resolutions, SECONDS_PER_DAY } from "./resolution.ts";
import type { Sketch } from "./sketch.ts";
import { busyMinute, madeUpMinutes, restingMinute } from "./testing/made-up-minutes.ts";

const MIB = 1024 * 1024;
/** Of a row beside its body: its key; and what SQLite uses of its pages, as measured with months of a busy service. */
const ROW_BYTES = 60;
const PAGE_USE = 0.55;

/** What one service takes after 455 days: the chunk of each series at each resolution, as often as it is kept. */
function yearMiB(minute: typeof busyMinute): number {
  const made = madeUpMinutes();
  let youngerS = 0;
  let bytes = 0;
  for (const { bucketS, chunkS, keptS } of resolutions) {
    const chunk = chunkOf((atS) => minute(made, atS * 1000), bucketS, chunkS);
    const chunkBytes = chunk.reduce((sum, sketches) => sum + encodeChunk(sketches).length + ROW_BYTES, 0);
    bytes += (chunkBytes * (keptS - youngerS)) / chunkS;
    youngerS = keptS;
  }
  return bytes / PAGE_USE / MIB;
}

/** All series of a chunk. Of coarse buckets the first ten minutes stand for all. */
function chunkOf(
  minuteAt: (atS: number) => readonly MeasuredBucket[],
  bucketS: number,
  chunkS: number,
): readonly Sketches[] {
  const series = new Map<string, Map<number, Sketch>>();
  for (let bucketAtS = 0; bucketAtS < chunkS; bucketAtS += bucketS) {
    for (let atS = bucketAtS; atS < bucketAtS + Math.min(bucketS, 600); atS += 60) {
      for (const { owner, values } of minuteAt(atS)) {
        for (const [metric, sketch] of values) {
          const key = `${owner.instanceId} ${codeOf(metric)}`;
          const buckets = series.get(key) ?? new Map<number, Sketch>();
          series.set(key, buckets);
          mergeInto(buckets, bucketAtS / bucketS, sketch);
        }
      }
    }
  }
  return [...series.values()];
}

describe("the space that metrics take", () => {
  it("is kept for 15 months, each resolution longer than the one before", () => {
    const kept = resolutions.map(({ keptS }) => keptS / SECONDS_PER_DAY);
    expect(kept).toEqual([15, 63, 455]);
  });

  it("is some 18 MiB for 15 months of a busy service, 2 to 3 for one at rest", () => {
    expect(yearMiB(busyMinute)).toBeLessThan(20);
    expect(yearMiB(restingMinute)).toBeLessThan(3);
  });
});
