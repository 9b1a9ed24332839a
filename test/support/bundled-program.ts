/**
 * A program of the tests in one file, made as `npm run build` makes ours: a control plane from its sources needs 1.5 s of
 * processor time before its first line runs, one from a single file a fifth of that, and some tests start a hundred.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "rolldown";
import config from "../../rolldown.config.ts";

export interface BundledProgram {
  readonly path: string;
  remove(): Promise<void>;
}

/** `source` is relative to the root of the repository. */
export async function bundleProgram(source: string): Promise<BundledProgram> {
  const directory = await mkdtemp(join(tmpdir(), "slipway-program-"));
  const path = join(directory, basename(source).replace(/\.ts$/, ".mjs"));
  await build({ ...config, input: source, output: { ...config.output, file: path, sourcemap: false } });
  return { path, remove: () => rm(directory, { recursive: true }) };
}
