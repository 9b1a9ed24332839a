/**
 * The files of a folder as they are now: what git would track or could be told to track, and what is ignored left out.
 * Nothing is written; the caller's own repository is only asked for names.
 */
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../hooks.ts";
import { git, tryGit } from "./git-program.ts";

export interface FolderFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly kind: "file" | "program" | "link";
  readonly sizeBytes: number;
}

export interface FolderFiles {
  readonly files: readonly FolderFile[];
  /** What git cannot take over from us. */
  readonly leftOut: readonly string[];
}

/** What is named like a secret, unless it is the pattern of one. */
const SECRET =
  /(?:^|\/)(?:\.env(?:\.[^/]+)?|\.netrc|\.pgpass|id_(?:rsa|dsa|ecdsa|ed25519)|[^/]+\.(?:key|p12|pfx))$/;
const PATTERN = /\.(?:dist|example|sample|template)$/;
/** What git says of a submodule that is not checked out. */
const NOT_CHECKED_OUT = "./";
/** Stands for bytes of a name that are no UTF-8. */
const UNREADABLE = "\uFFFD";

export function isSecret({ path }: FolderFile): boolean {
  return SECRET.test(path) && !PATTERN.test(path);
}

/** In a folder that is no repository nobody says what can be made again. */
const MADE_AGAIN = ["node_modules/", ".venv/", "venv/", "__pycache__/"];
const LIST = ["ls-files", "-z", "--others", "--exclude-standard"];

interface Listing {
  readonly directory: string;
  readonly environment: Environment;
  /** An empty repository to ask with, where the folder is in none. */
  readonly emptyRepository: string;
}

export async function listFolder(listing: Listing): Promise<FolderFiles> {
  const files = new Map<string, FolderFile>();
  const leftOut: string[] = [];
  for (const path of await listNames(listing)) {
    if (path === NOT_CHECKED_OUT) {
      leftOut.push("");
      continue;
    }
    if (path.endsWith("/") || path.includes("\n")) {
      await addDirectory(listing, path, { files, leftOut });
      continue;
    }
    const found = await lstat(join(listing.directory, path)).catch(() => null);
    if (found === null) {
      // Else it is tracked, but removed from the folder.
      if (path.includes(UNREADABLE)) leftOut.push(path);
      continue;
    }
    // A submodule's directory.
    if (found.isDirectory()) await addDirectory(listing, `${path}/`, { files, leftOut });
    else if (found.isSymbolicLink()) files.set(path, { path, kind: "link", sizeBytes: found.size });
    else if (found.isFile()) {
      const kind = (found.mode & 0o100) === 0 ? "file" : "program";
      files.set(path, { path, kind, sizeBytes: found.size });
    }
  }
  return { files: [...files.values()], leftOut };
}

/** A repository within the folder: its files are part of it as well. */
async function addDirectory(
  listing: Listing,
  path: string,
  { files, leftOut }: { readonly files: Map<string, FolderFile>; readonly leftOut: string[] },
): Promise<void> {
  if (path.includes("\n")) {
    leftOut.push(path);
    return;
  }
  const inner = await listFolder({ ...listing, directory: join(listing.directory, path) });
  for (const file of inner.files) files.set(path + file.path, { ...file, path: path + file.path });
  leftOut.push(...inner.leftOut.map((name) => path + name));
}

async function listNames({ directory, environment, emptyRepository }: Listing): Promise<readonly string[]> {
  const run = { directory, environment };
  const isInside = await tryGit({ ...run, arguments: ["rev-parse", "--is-inside-work-tree"] });
  if (isInside.exitCode === 0 && isInside.stdout.toString().trim() === "true") {
    const tracked = await tryGit({ ...run, arguments: [...LIST, "--cached"] });
    // A folder that its repository ignores as a whole, made by a build for instance, is deployed as it stands.
    if (tracked.exitCode === 0 && tracked.stdout.length > 0) return namesOf(tracked.stdout);
  }
  const excludes = MADE_AGAIN.flatMap((pattern) => ["--exclude", pattern]);
  const alone = { ...environment, GIT_DIR: emptyRepository, GIT_WORK_TREE: directory };
  return namesOf(await git({ directory, environment: alone, arguments: [...LIST, ...excludes] }));
}

function namesOf(output: Buffer): readonly string[] {
  return output
    .toString("utf8")
    .split("\0")
    .filter((name) => name !== "");
}
