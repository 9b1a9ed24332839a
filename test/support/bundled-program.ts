/**
 * A program of the tests, bundled as `npm run build` bundles ours: a control plane from its sources needs 1.5 s of
 * processor time before its first line runs, one from a single file a fifth of that, and some tests start a hundred.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "rolldown";
import { bundles } from "../../rolldown.config.ts";

export interface BundledProgram {
  readonly path: string;
  /** Where Node keeps what it has compiled: half of a start's processor time. A program that is killed must flush it. */
  readonly compileCache: string;
  remove(): Promise<void>;
}

/** `source` is relative to the root of the repository, without its ending. */
export async function bundleProgram(source: string): Promise<BundledProgram> {
  const directory = await mkdtemp(join(tmpdir(), "slipway-program-"));
  await build(bundles({ source, directory }));
  const path = join(directory, `${basename(source)}.mjs`);
  const compileCache = join(directory, "compile-cache");
  return { path, compileCache, remove: () => rm(directory, { recursive: true }) };
}
