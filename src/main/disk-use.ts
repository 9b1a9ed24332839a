/** How much of the disk lies under the state directory, and what for: as `du` counts it, in blocks that are taken. */
import type { Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DiskUse, DiskUseKind } from "../ports/own-health.ts";

/** Of POSIX, whatever the file system's own are. */
const BLOCK_BYTES = 512;

/** The first that fits the name in the state directory. */
const KINDS: readonly (readonly [RegExp, DiskUseKind])[] = [
  [/^logs$/, "logs"],
  [/^metrics\.db/, "metrics"],
  [/^(?:sources|bases)$/, "sources"],
  [/^hosted$/, "repositories"],
  [/^audit$/, "audit"],
  [/^sboms$/, "sboms"],
  [/^edge$/, "edge"],
  [/^slipway\.db.*(?:backup|before)/, "backups"],
  [/^slipway\.db/, "database"],
  [/^serve\.log/, "own log"],
];

/** Largest first; kinds of which nothing lies there are left out. */
export async function diskUseOf(stateDirectory: string): Promise<readonly DiskUse[]> {
  const bytes = new Map<DiskUseKind, number>();
  const seen = new Set<string>();
  const add = (kind: DiskUseKind, more: number) => bytes.set(kind, (bytes.get(kind) ?? 0) + more);
  add("other", takenBy(await lstatIfThere(stateDirectory), seen));
  for (const name of await namesIn(stateDirectory)) {
    add(kindOf(name), await bytesUnder(join(stateDirectory, name), seen));
  }
  return [...bytes]
    .map(([kind, taken]) => ({ kind, bytes: taken }))
    .filter((use) => use.bytes > 0)
    .sort((one, other) => other.bytes - one.bytes);
}

function kindOf(name: string): DiskUseKind {
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? "other";
}

async function bytesUnder(path: string, seen: Set<string>): Promise<number> {
  const stats = await lstatIfThere(path);
  let bytes = takenBy(stats, seen);
  if (stats?.isDirectory() !== true) return bytes;
  for (const name of await namesIn(path)) bytes += await bytesUnder(join(path, name), seen);
  return bytes;
}

/** A file with several names is there once. */
function takenBy(stats: Stats | null, seen: Set<string>): number {
  if (stats === null) return 0;
  const identity = `${stats.dev} ${stats.ino}`;
  if (stats.nlink > 1 && !stats.isDirectory()) {
    if (seen.has(identity)) return 0;
    seen.add(identity);
  }
  return stats.blocks * BLOCK_BYTES;
}

/** Files come and go while they are counted. */
async function lstatIfThere(path: string): Promise<Stats | null> {
  return await lstat(path).catch(() => null);
}

async function namesIn(path: string): Promise<readonly string[]> {
  return await readdir(path).catch(() => []);
}
