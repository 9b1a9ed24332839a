/** Reading what a repository on this disk holds: a mirror of ours, or a repository that Slipway hosts. Runs nothing of it. */
import type { Commit } from "../../domain/code-source.ts";
import { SourceError } from "../../ports/source-code.ts";
import { runGit, type GitResult } from "./git-process.ts";
import { quoted } from "./location.ts";

const TEXT_LENGTH_MAX = 200;
const LISTING_BYTES_MAX = 64 * 1024 ** 2;

export interface ObjectStore {
  readonly gitDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export async function hasCommit(store: ObjectStore, commitId: string): Promise<boolean> {
  const { status } = await run(store, ["cat-file", "-e", `${commitId}^{commit}`]);
  return status === 0;
}

/** Null: no such reference. */
export async function commitOf(store: ObjectStore, reference: string): Promise<string | null> {
  const name = `${reference}^{commit}`;
  const { status, stdout } = await run(store, ["rev-parse", "--verify", "--quiet", name]);
  return status === 0 ? stdout.toString("utf8").trim() : null;
}

/** The branch that HEAD names; null: one that is not there. */
export async function headBranchOf(store: ObjectStore): Promise<string | null> {
  if ((await commitOf(store, "HEAD")) === null) return null;
  // Not its short name, which is another one (`heads/main`) beside a tag of the same name.
  const { stdout } = await run(store, ["symbolic-ref", "--quiet", "HEAD"]);
  return /^refs\/heads\/(.+)$/m.exec(stdout.toString("utf8"))?.[1] ?? null;
}

/** Lets HEAD name a branch. */
export async function setHeadBranch(store: ObjectStore, branch: string): Promise<void> {
  await runWell(store, ["symbolic-ref", "HEAD", `refs/heads/${branch}`]);
}

export async function branchesOf(store: ObjectStore): Promise<readonly string[]> {
  const { stdout } = await run(store, ["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/"]);
  return stdout
    .toString("utf8")
    .split("\n")
    .filter((name) => name !== "");
}

export async function readCommit(store: ObjectStore, commitId: string): Promise<Commit> {
  const format = "--format=%H%x00%an%x00%s%x00%ct";
  // Not `git show`: even with --no-patch it compares the whole tree with the parent's.
  const command = ["rev-list", "--no-walk", "--no-commit-header", "--encoding=UTF-8", format, commitId, "--"];
  const { stdout } = await runWell(store, command);
  const [id = "", author = "", message = "", seconds = ""] = stdout.toString("utf8").split("\u0000");
  return { id, author: plain(author), message: plain(message), committedAtMs: Number(seconds.trim()) * 1000 };
}

/** Object name of a directory's tree. Throws SourceError "no-directory". */
export async function treeId(store: ObjectStore, commitId: string, directory: string): Promise<string> {
  const name = directory === "" ? `${commitId}^{tree}` : `${commitId}:${directory}`;
  const { status, stdout } = await run(store, ["rev-parse", "--verify", "--quiet", name]);
  const id = stdout.toString("utf8").trim();
  const type = status === 0 ? (await run(store, ["cat-file", "-t", id])).stdout.toString("utf8").trim() : "";
  if (type === "tree") return id;
  throw new SourceError(
    "no-directory",
    `The commit ${commitId.slice(0, 7)} has no directory ${quoted(`/${directory}`)}.`,
  );
}

export async function listTree(store: ObjectStore, commitId: string): Promise<Buffer> {
  const { stdout } = await runWell(store, ["ls-tree", "-r", "-l", "-z", "--full-tree", commitId], {
    outputBytesMax: LISTING_BYTES_MAX,
  });
  return stdout;
}

/** Contents of small objects, in the order asked for. */
export async function readObjects(store: ObjectStore, ids: readonly string[]): Promise<readonly Buffer[]> {
  if (ids.length === 0) return [];
  const { stdout } = await runWell(store, ["cat-file", "--batch=%(objectsize)"], {
    input: `${ids.join("\n")}\n`,
    outputBytesMax: LISTING_BYTES_MAX,
  });
  const contents: Buffer[] = [];
  for (let at = 0; at < stdout.length;) {
    const start = stdout.indexOf("\n", at) + 1;
    const end = start + Number(stdout.toString("latin1", at, start));
    contents.push(stdout.subarray(start, end));
    at = end + 1;
  }
  return contents;
}

/**
 * Key and value of each setting in a file of git's format, for instance `.gitmodules`. Includes, which git follows in a
 * blob, lead to files of this machine: none is read.
 */
export async function readSettings(
  store: ObjectStore,
  blobId: string,
): Promise<readonly (readonly [string, string])[]> {
  const { status, stdout } = await run(store, [
    "config",
    `--blob=${blobId}`,
    "--no-includes",
    "--null",
    "--list",
  ]);
  if (status !== 0)
    throw new SourceError("refused", ".gitmodules cannot be read. `git config -f .gitmodules -l` says why.");
  const settings = stdout.toString("utf8").split("\u0000");
  return settings
    .filter((setting) => setting.includes("\n"))
    .map((setting) => {
      const end = setting.indexOf("\n");
      return [setting.slice(0, end), setting.slice(end + 1)] as const;
    });
}

/**
 * Writes the commit's files as a checkout would: line ends and encodings by `.gitattributes`, but no filters, because none
 * is configured, and no hooks. The index is kept for the caller.
 */
export async function writeTree(store: ObjectStore, commitId: string, place: TreePlace): Promise<void> {
  const environment = { ...store.environment, GIT_INDEX_FILE: place.indexFile };
  const prepared = { ...store, environment };
  await runWell(prepared, [`--work-tree=${place.directory}`, "read-tree", "--reset", "-u", commitId], {
    directory: place.directory,
  });
}

export interface TreePlace {
  readonly directory: string;
  readonly indexFile: string;
}

/** The value of an attribute for each path. */
export async function attributeOf(
  store: ObjectStore,
  query: { readonly attribute: string; readonly paths: readonly string[]; readonly indexFile: string },
): Promise<readonly string[]> {
  const environment = { ...store.environment, GIT_INDEX_FILE: query.indexFile };
  const input = query.paths.map((path) => `${path}\u0000`).join("");
  const command = ["check-attr", "--cached", "-z", "--stdin", query.attribute];
  const { stdout } = await runWell({ ...store, environment }, command, {
    input,
    outputBytesMax: LISTING_BYTES_MAX,
  });
  // Three fields each: path, attribute, value.
  return stdout
    .toString("utf8")
    .split("\u0000")
    .filter((_field, index) => index % 3 === 2);
}

interface RunOptions {
  readonly input?: string;
  readonly outputBytesMax?: number;
  readonly directory?: string;
}

async function runWell(
  store: ObjectStore,
  command: readonly string[],
  options: RunOptions = {},
): Promise<GitResult> {
  const result = await run(store, command, options);
  if (result.status === 0) return result;
  throw explain(result.stderr);
}

function run(store: ObjectStore, command: readonly string[], options: RunOptions = {}): Promise<GitResult> {
  const { gitDirectory, environment, signal, timeoutMs } = store;
  const directory = options.directory ?? gitDirectory;
  const all = [`--git-dir=${gitDirectory}`, ...command];
  return runGit({ environment, signal, timeoutMs, ...options, directory, arguments: all });
}

function explain(stderr: string): SourceError {
  const path = /invalid path '(?<path>[^\n]*)'/.exec(stderr)?.groups?.["path"];
  if (path !== undefined)
    return new SourceError("refused", `The repository holds ${quoted(path)}, a name that is not accepted.`);
  if (/No space left on device|Disk quota exceeded/.test(stderr))
    return new SourceError("other", "There is no space left on this machine's disk for the source code.");
  return new SourceError("refused", "The repository holds objects that git cannot read. Push it again.");
}

/** Without control characters, cut. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  const clean = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, " ");
  return clean.slice(0, TEXT_LENGTH_MAX).toWellFormed().trim();
}
