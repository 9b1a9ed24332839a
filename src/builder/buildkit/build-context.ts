/**
 * The files a build may see: the tree below one directory, minus what is ignored, in an order and with owners
 * and modes that depend on nothing but content, so that the cache hits. The tree is a stranger's: links stay links and are never
 * followed, special files are refused, number and size are bounded.
 */
import { lstat, readdir, readlink, realpath } from "node:fs/promises";
import { join, relative } from "node:path";
import { setImmediate } from "node:timers/promises";
import { BuildError } from "../../ports/builder.ts";
import { cleanLine } from "./text-lines.ts";
import { IgnorePatterns, type ParentMatches } from "./ignore-patterns.ts";

export interface ContextEntry {
  /** Relative to the context, with slashes. */
  readonly path: string;
  readonly kind: "file" | "directory" | "link";
  readonly isExecutable: boolean;
  /** Whole seconds since the epoch. */
  readonly modifiedAtS: number;
  /** 0 for whatever is no file. */
  readonly sizeBytes: number;
  /** Empty for whatever is no link. */
  readonly linkTarget: string;
}

export interface ContextLimits {
  readonly bytes: number;
  readonly entries: number;
}

export const defaultContextLimits: ContextLimits = { bytes: 2 * 1_024 ** 3, entries: 200_000 };

export interface ContextRequest {
  readonly treeDirectory: string;
  /** Relative to the tree. */
  readonly contextDirectory: string;
  readonly ignore: readonly string[];
  readonly limits?: ContextLimits;
}

export interface BuildContext {
  /** Absolute, without links. */
  readonly directory: string;
  /** A directory comes before what is in it; names in the order of their bytes. */
  readonly entries: readonly ContextEntry[];
}

/** Some 30 ms of judging: then whoever else waits for this process gets a turn. */
const STEPS_BETWEEN_RESTS = 2_000_000;

/** Throws BuildError "configuration" when the tree cannot be a context. */
export async function readContext(request: ContextRequest, signal: AbortSignal): Promise<BuildContext> {
  const directory = await contextWithin(request.treeDirectory, request.contextDirectory);
  const walk = new ContextWalk(directory, request, signal);
  await walk.directory("", null, []);
  return { directory, entries: walk.entries };
}

async function contextWithin(treeDirectory: string, contextDirectory: string): Promise<string> {
  const tree = await realpath(treeDirectory);
  const directory = await realpath(join(tree, contextDirectory)).catch(() => null);
  if (directory === null || !(await lstat(directory)).isDirectory())
    throw new BuildError("configuration", `${contextDirectory} is not a directory of the repository.`);
  const way = relative(tree, directory);
  if (way === ".." || way.startsWith("../"))
    throw new BuildError("configuration", `${contextDirectory} leads out of the repository.`);
  return directory;
}

class ContextWalk {
  readonly entries: ContextEntry[] = [];
  readonly #root: string;
  readonly #ignore: IgnorePatterns;
  readonly #limits: ContextLimits;
  readonly #signal: AbortSignal;
  #bytes = 0;
  #stepsAtRest = 0;

  constructor(root: string, request: ContextRequest, signal: AbortSignal) {
    this.#root = root;
    this.#ignore = new IgnorePatterns(request.ignore);
    this.#limits = request.limits ?? defaultContextLimits;
    this.#signal = signal;
  }

  /** `pending`: ignored directories above, told only when something below is not ignored. */
  async directory(
    path: string,
    matches: ParentMatches | null,
    pending: readonly ContextEntry[],
  ): Promise<void> {
    this.#signal.throwIfAborted();
    const waiting = [...pending];
    for (const name of await sortedNames(join(this.#root, path))) {
      const child = path === "" ? name : `${path}/${name}`;
      const verdict = this.#ignore.judge(child, matches);
      await this.#rest();
      if (verdict.isIgnored && !this.#ignore.hasExceptions) continue;
      const entry = await this.#read(child, verdict.isIgnored);
      if (entry === null) continue;
      if (!verdict.isIgnored) for (const one of [...waiting.splice(0), entry]) this.#add(one);
      if (entry.kind !== "directory") continue;
      const told = this.entries.length;
      await this.directory(child, verdict.matches, verdict.isIgnored ? [...waiting, entry] : []);
      if (this.entries.length > told) waiting.length = 0;
    }
  }

  async #rest(): Promise<void> {
    if (this.#ignore.steps - this.#stepsAtRest < STEPS_BETWEEN_RESTS) return;
    this.#stepsAtRest = this.#ignore.steps;
    await setImmediate(undefined, { signal: this.#signal });
  }

  async #read(path: string, isIgnored: boolean): Promise<ContextEntry | null> {
    if (path.includes("\uFFFD"))
      throw new BuildError("configuration", `${cleanLine(path)}: the name is not valid UTF-8; rename it.`);
    const absolute = join(this.#root, path);
    const info = await lstat(absolute);
    const base = {
      path,
      isExecutable: (info.mode & 0o100) !== 0,
      modifiedAtS: Math.floor(info.mtimeMs / 1_000),
      sizeBytes: 0,
      linkTarget: "",
    };
    if (info.isDirectory()) return { ...base, kind: "directory" };
    if (isIgnored) return null;
    if (info.isFile()) return { ...base, kind: "file", sizeBytes: info.size };
    if (info.isSymbolicLink()) return { ...base, kind: "link", linkTarget: await readlink(absolute) };
    throw new BuildError(
      "configuration",
      `${cleanLine(path)} is neither a file nor a directory nor a link; take it out of the repository or ignore it.`,
    );
  }

  #add(entry: ContextEntry): void {
    this.entries.push(entry);
    this.#bytes += entry.sizeBytes;
    const { bytes, entries } = this.#limits;
    if (this.#bytes > bytes)
      throw new BuildError(
        "configuration",
        `The source is larger than ${Math.floor(bytes / 1_024 ** 2)} MiB; leave out what the build does not need (.dockerignore).`,
      );
    if (this.entries.length > entries)
      throw new BuildError(
        "configuration",
        `The source has more than ${entries} files and directories; leave out what the build does not need (.dockerignore).`,
      );
  }
}

/** By bytes: the engine's receiver insists on it, and the default order of strings differs beyond U+FFFF. */
async function sortedNames(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory);
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
