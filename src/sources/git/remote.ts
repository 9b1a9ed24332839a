/** A repository on a Git host: its branches, and objects fetched from it. */
import { SourceError } from "../../ports/source-code.ts";
import { explainGitFailure, isRedirect, isUnadvertised } from "./git-failure.ts";
import { runGit } from "./git-process.ts";
import { followRedirect } from "./redirect.ts";
import type { NetworkRules } from "./network-rules.ts";
import type { RepositoryAddress } from "./repository-address.ts";

/** What is fetched is held by this reference; the names of others never become names of files of ours. */
export const FETCHED = "refs/slipway/fetched";
const FETCH_OPTIONS = [
  "--quiet",
  "--force",
  "--no-tags",
  "--no-recurse-submodules",
  "--no-write-fetch-head",
  "--no-auto-maintenance",
];

export interface RemoteContext {
  readonly address: RepositoryAddress;
  readonly environment: NodeJS.ProcessEnv;
  readonly rules: NetworkRules;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly packBytesMax: number;
}

/** Branch → commit id, of one branch or (null) all. */
export async function listBranches(
  remote: RemoteContext,
  branch: string | null,
): Promise<ReadonlyMap<string, string>> {
  const pattern = branch === null ? "refs/heads/*" : `refs/heads/${branch}`;
  const run = ["ls-remote", "--refs", "--quiet", "--end-of-options"];
  const { stdout } = await atItsAddress(remote, (url) => runOn(remote, "/", [...run, url, pattern]));
  const found = stdout
    .toString("utf8")
    .matchAll(/^(?<id>[0-9a-f]{40}(?:[0-9a-f]{24})?)\trefs\/heads\/(?<name>.+)$/gm);
  return new Map([...found].map(({ groups }) => [groups?.["name"] ?? "", groups?.["id"] ?? ""]));
}

/** Throws SourceError "no-branch", and tells an empty repository from one without this branch. */
export async function branchHead(remote: RemoteContext, branch: string): Promise<string> {
  // The pattern also matches `refs/heads/x/refs/heads/<branch>`: only the exact name counts.
  const head = (await listBranches(remote, branch)).get(branch);
  return (
    head ??
    Promise.reject(noBranch(remote.address.url, branch, [...(await listBranches(remote, null)).keys()]))
  );
}

/** What the host's HEAD points to. Throws SourceError "no-branch". */
export async function headBranch(remote: RemoteContext): Promise<string> {
  const run = ["ls-remote", "--symref", "--quiet", "--end-of-options"];
  const { stdout } = await atItsAddress(remote, (url) => runOn(remote, "/", [...run, url, "HEAD"]));
  const { name } = /^ref: refs\/heads\/(?<name>.+)\tHEAD$/m.exec(stdout.toString("utf8"))?.groups ?? {};
  return name ?? theOnlyBranch(remote.address.url, [...(await listBranches(remote, null)).keys()]);
}

/** Of a repository whose HEAD names no branch that is there. */
export function theOnlyBranch(repository: string, branches: readonly string[]): string {
  const [only] = branches;
  if (only !== undefined && branches.length === 1) return only;
  throw new SourceError(
    "no-branch",
    `${repository} has no default branch. ${hintAt(branches, "Name one: it")}.`,
  );
}

export function noBranch(repository: string, branch: string, others: readonly string[]): SourceError {
  const hint = hintAt(others, "It");
  return new SourceError("no-branch", `${repository} has no branch ${JSON.stringify(branch)}. ${hint}.`);
}

function hintAt(branches: readonly string[], subject: string): string {
  if (branches.length === 0) return "The repository is empty: push to it first";
  const shown = branches.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 100)));
  return `${subject} has ${shown.join(", ")}${branches.length > 5 ? " and more" : ""}`;
}

/** The newest commit of a branch, without its history. */
export async function fetchBranch(remote: RemoteContext, mirror: string, branch: string): Promise<void> {
  await fetch(remote, mirror, ["--depth=1"], `+refs/heads/${branch}:${FETCHED}`);
}

/** One commit. Servers that give no commit by its id are asked for all branches with their history. */
export async function fetchCommit(remote: RemoteContext, mirror: string, commitId: string): Promise<void> {
  const result = await tryFetch(remote, mirror, ["--depth=1"], `+${commitId}:${FETCHED}`);
  if (result.status === 0) return;
  if (!isUnadvertised(result.stderr)) throw fetchFailure(result.stderr, remote);
  await fetch(remote, mirror, ["--depth=2147483647"], "+refs/heads/*:refs/slipway/branches/*");
}

async function fetch(
  remote: RemoteContext,
  mirror: string,
  options: readonly string[],
  reference: string,
): Promise<void> {
  const result = await tryFetch(remote, mirror, options, reference);
  if (result.status !== 0) throw fetchFailure(result.stderr, remote);
}

function fetchFailure(stderr: string, { address, packBytesMax }: RemoteContext): SourceError {
  return explainGitFailure(stderr, { url: address.url, bytesMax: packBytesMax });
}

function tryFetch(
  remote: RemoteContext,
  mirror: string,
  options: readonly string[],
  reference: string,
): Promise<{ readonly status: number | null; readonly stderr: string }> {
  // Always one pack, never a file for each object: the kernel's limit on the size of a file is the limit of a fetch.
  const run = ["-c", "fetch.unpackLimit=1", "fetch", ...FETCH_OPTIONS, ...options, "--end-of-options"];
  return redirected(remote, (url) => runOn(remote, mirror, [...run, url, reference]));
}

async function atItsAddress<Result extends { readonly status: number | null; readonly stderr: string }>(
  remote: RemoteContext,
  run: (url: string) => Promise<Result>,
): Promise<Result> {
  const result = await redirected(remote, run);
  if (result.status !== 0) throw explainGitFailure(result.stderr, remote.address);
  return result;
}

/** Renamed repositories and `.git` left out: one redirect within the same origin is followed. */
async function redirected<Result extends { readonly status: number | null; readonly stderr: string }>(
  remote: RemoteContext,
  run: (url: string) => Promise<Result>,
): Promise<Result> {
  const result = await run(remote.address.url);
  if (result.status === 0 || !isRedirect(result.stderr)) return result;
  return run(await followRedirect(remote.address, remote.rules, remote.signal));
}

function runOn(remote: RemoteContext, directory: string, run: readonly string[]): ReturnType<typeof runGit> {
  const { environment, signal, timeoutMs, packBytesMax } = remote;
  return runGit({ arguments: run, environment, directory, signal, timeoutMs, fileBytesMax: packBytesMax });
}
