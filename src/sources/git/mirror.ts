/**
 * A bare repository of ours that keeps what was fetched for a service, so that the next fetch brings only what is new. It
 * is a cache: when it has become too large or too many packs, it is thrown away and made again.
 */
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { explainGitFailure } from "./git-failure.ts";
import { runGit } from "./git-process.ts";
import type { ObjectStore } from "./object-store.ts";
import { removeWhole } from "./removal.ts";

/** Each fetch adds a pack, and git looks into all of them. */
const PACKS_MAX = 40;

/** Ready to be fetched into; what a killed git left is removed. Only one caller at a time for each mirror. */
export async function prepareMirror(store: ObjectStore, bytesMax: number): Promise<void> {
  const { gitDirectory } = store;
  await removeUnfinished(gitDirectory);
  const packs = await packSizes(gitDirectory);
  const bytes = packs.reduce((sum, size) => sum + size, 0);
  if (packs.length > PACKS_MAX || bytes > bytesMax) await removeWhole(gitDirectory);
  await mkdir(gitDirectory, { recursive: true, mode: 0o700 });
  const { environment, signal, timeoutMs } = store;
  const init = ["init", "--bare", "--quiet", "--template=", "--initial-branch=slipway", "--", gitDirectory];
  const result = await runGit({ arguments: init, environment, directory: gitDirectory, signal, timeoutMs });
  if (result.status !== 0) throw explainGitFailure(result.stderr, { url: "the mirror" });
}

/** What a fetch that was ended left behind; it may be as large as the limit. */
export async function removeUnfinished(gitDirectory: string): Promise<void> {
  const packDirectory = join(gitDirectory, "objects", "pack");
  const names = await readdir(packDirectory).catch(() => []);
  const unfinished = names.filter((name) => name.startsWith("tmp_")).map((name) => join(packDirectory, name));
  for (const path of [...unfinished, join(gitDirectory, "shallow.lock")]) await rm(path, { force: true });
}

async function packSizes(gitDirectory: string): Promise<readonly number[]> {
  const packDirectory = join(gitDirectory, "objects", "pack");
  const names = await readdir(packDirectory).catch(() => []);
  const packs = names.filter((name) => name.endsWith(".pack"));
  return Promise.all(packs.map(async (name) => (await stat(join(packDirectory, name))).size));
}
