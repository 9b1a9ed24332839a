/** Packages of npm's registry as files of an image's context. They are fetched by npm, so its settings hold. */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Pack } from "tar-stream";
import { runTool } from "./run-tool.ts";

const DEADLINE_MS = 5 * 60_000;
/** Every path of a package begins with this. */
const PREFIX = "package/";

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly archivePath: string;
}

/** Downloads `name@range`s to the directory; in the order asked for. Nothing of them runs. */
export async function fetchPackages(
  specifications: readonly string[],
  directory: string,
  signal: AbortSignal,
): Promise<readonly NpmPackage[]> {
  const args = ["pack", "--json", "--ignore-scripts", `--pack-destination=${directory}`, ...specifications];
  const answer = JSON.parse(
    await runTool("npm", args, { directory, deadlineMs: DEADLINE_MS }, signal),
  ) as readonly {
    readonly name: string;
    readonly version: string;
    readonly filename: string;
  }[];
  return answer.map(({ name, version, filename }) => ({
    name,
    version,
    archivePath: join(directory, filename),
  }));
}

/** Copies the wanted files of a package into an archive, below a directory of it. */
export async function addPackage(
  archive: Pack,
  { archivePath }: NpmPackage,
  target: string,
  isWanted: (path: string) => boolean,
): Promise<void> {
  const entries = extract();
  const read = pipeline(createReadStream(archivePath), createGunzip(), entries);
  for await (const entry of entries) {
    const path = entry.header.name.slice(PREFIX.length);
    if (entry.header.type === "file" && isWanted(path)) {
      const { mode, size } = entry.header;
      // No times or owners: the same package makes the same layer.
      const isExecutable = ((mode ?? 0) & 0o111) !== 0;
      const header = {
        name: `${target}/${path}`,
        size: size ?? 0,
        mode: isExecutable ? 0o755 : 0o644,
        mtime: new Date(0),
      };
      await pipeline(entry, archive.entry(header));
    } else {
      entry.resume();
    }
  }
  await read;
}
