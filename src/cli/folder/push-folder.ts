/**
 * A folder as it is, in one commit, pushed to a repository. The commit is made in a repository of its own that goes away
 * afterwards: index, branches, stash and objects of the caller's repository stay untouched. Contents go as they are on
 * disk, without the filters of `.gitattributes`. It follows what was pushed before: no history is replaced.
 */
import { mkdtemp, readlink, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { CliFailure, usageFailure } from "../failure.ts";
import type { Environment, EscapingLinkFinder } from "../hooks.ts";
import type { Credentials } from "../signature.ts";
import { type FolderFile, isSecret, listFolder } from "./folder-files.ts";
import { assertLinksWithin } from "./link-check.ts";
import { git, type GitRun, plainGitEnvironment, tryGit, withSettings } from "./git-program.ts";

export interface FolderPush {
  /** Absolute. */
  readonly directory: string;
  readonly branch: string;
  readonly pushUrl: string;
  readonly credentials: Credentials;
  readonly environment: Environment;
  readonly findEscapingLink: EscapingLinkFinder;
  /** Called when there is something to send: makes what it is pushed to. */
  readonly prepare: () => Promise<void>;
  /** Lines of the server. */
  readonly onLine: (line: string) => void;
}

export interface PushedFolder {
  readonly commitId: string;
  readonly fileCount: number;
  readonly sizeBytes: number;
  /** Paths that could not be taken along. */
  readonly leftOut: readonly string[];
  /** Paths that were sent and are named like secrets. */
  readonly secrets: readonly string[];
}

const MODES: Readonly<Record<FolderFile["kind"], string>> = {
  file: "100644",
  program: "100755",
  link: "120000",
};
const NOBODY = { name: "Slipway", email: "slipway@localhost" };

export async function pushFolder(push: FolderPush): Promise<PushedFolder> {
  await assertDirectory(push.directory);
  const repository = await mkdtemp(join(tmpdir(), "slipway-deploy-"));
  try {
    const environment = plainGitEnvironment(push.environment);
    await git({ arguments: ["init", "--quiet", "--bare", repository], directory: repository, environment });
    const { directory } = push;
    const { files, leftOut } = await listFolder({ directory, environment, emptyRepository: repository });
    if (files.length === 0) throw nothingThere(directory);
    await assertLinksWithin(directory, files, push.findEscapingLink);
    await push.prepare();
    const access = accessTo(push, repository, environment);
    const parent = await tipOf(push, access);
    const commitId = await commit({ directory, environment, repository, files, parent });
    await send(push, access, commitId);
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const secrets = files.filter(isSecret).map(({ path }) => path);
    return { commitId, fileCount: files.length, sizeBytes, leftOut, secrets };
  } finally {
    await rm(repository, { recursive: true, force: true });
  }
}

interface Snapshot {
  readonly directory: string;
  readonly environment: Environment;
  readonly repository: string;
  readonly files: readonly FolderFile[];
  /** What the branch holds now; null: nothing yet. */
  readonly parent: string | null;
}

async function commit(snapshot: Snapshot): Promise<string> {
  const { directory, repository } = snapshot;
  const environment = { ...snapshot.environment, GIT_DIR: repository, GIT_WORK_TREE: directory };
  const run = { directory, environment };
  const ids = await storeFiles(run, snapshot.files);
  const entries = snapshot.files
    .map(({ path, kind }) => `${MODES[kind]} ${ids.get(path)}\t${path}\0`)
    .join("");
  await git({ ...run, arguments: ["update-index", "-z", "--index-info"], input: entries });
  const tree = text(await git({ ...run, arguments: ["write-tree"] }));
  const { message, identity } = await describe(snapshot);
  const made = { ...run, environment: { ...environment, ...identity } };
  const parents = snapshot.parent === null ? [] : ["-p", snapshot.parent];
  return text(await git({ ...made, arguments: ["commit-tree", ...parents, "-m", message, tree] }));
}

/** Path → object id. */
async function storeFiles(
  run: Pick<GitRun, "directory" | "environment">,
  files: readonly FolderFile[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  const ordinary = files.filter(({ kind }) => kind !== "link");
  const list = ordinary.map(({ path }) => `${join(run.directory, path)}\n`).join("");
  const store = ["hash-object", "-w", "--no-filters"];
  const stored = text(await git({ ...run, arguments: [...store, "--stdin-paths"], input: list })).split("\n");
  for (const [index, { path }] of ordinary.entries()) ids.set(path, stored[index] ?? "");
  for (const { path } of files.filter(({ kind }) => kind === "link")) {
    const input = await readlink(join(run.directory, path), "buffer");
    ids.set(path, text(await git({ ...run, arguments: [...store, "--stdin"], input })));
  }
  return ids;
}

/** Named after the commit the folder stands on, where there is one. */
async function describe({ directory, environment }: Snapshot) {
  const ask = async (...words: readonly string[]): Promise<string> => {
    const { exitCode, stdout } = await tryGit({ directory, environment, arguments: words });
    return exitCode === 0 ? text(stdout) : "";
  };
  const subject = await ask("log", "-1", "--format=%s");
  const name = (await ask("config", "user.name")) || NOBODY.name;
  const email = (await ask("config", "user.email")) || NOBODY.email;
  return {
    message: subject === "" ? `Folder ${basename(directory)}` : subject,
    identity: {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
    },
  };
}

/** The environment in which git reaches the repository: the key is in no argument. */
function accessTo({ credentials }: FolderPush, repository: string, environment: Environment): Environment {
  const { accessKeyId, secretAccessKey } = credentials;
  const basic = Buffer.from(`${accessKeyId}:${secretAccessKey}`).toString("base64");
  return withSettings({ ...environment, GIT_DIR: repository }, [
    ["http.extraHeader", `Authorization: Basic ${basic}`],
    // We deploy by ourselves what we push.
    ["http.extraHeader", "Slipway-Push: store"],
    ["http.followRedirects", "false"],
    ["credential.helper", ""],
  ]);
}

async function tipOf(
  { pushUrl, branch, directory }: FolderPush,
  environment: Environment,
): Promise<string | null> {
  const reference = `refs/heads/${branch}`;
  const fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--end-of-options", pushUrl, reference];
  const { exitCode, stderr } = await tryGit({ directory, environment, arguments: fetch });
  if (exitCode === 0) {
    return text(await git({ directory, environment, arguments: ["rev-parse", "--verify", "FETCH_HEAD"] }));
  }
  if (stderr.includes("couldn't find remote ref")) return null;
  throw pushFailure(linesOf(stderr));
}

async function send(
  { pushUrl, branch, directory, onLine }: FolderPush,
  environment: Environment,
  commitId: string,
): Promise<void> {
  const reference = `${commitId}:refs/heads/${branch}`;
  const run = ["push", "--quiet", "--end-of-options", pushUrl, reference];
  const { exitCode, stderr } = await tryGit({ directory, environment, arguments: run });
  const lines = linesOf(stderr);
  for (const line of lines.filter((said) => said.startsWith("remote:")))
    onLine(line.slice("remote:".length).trim());
  if (exitCode !== 0) throw pushFailure(lines);
}

function linesOf(output: string): readonly string[] {
  const lines = output.split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line !== "");
}

function pushFailure(lines: readonly string[]): CliFailure {
  const isAboutKey = lines.some((line) => /401|Authentication failed|could not read Username/.test(line));
  return new CliFailure(`The source code could not be sent: ${lines.at(-1) ?? "git did not say why"}`, {
    details: lines.slice(-10, -1).map((line) => `  ${line}`),
    hint: isAboutKey
      ? "The access key does not belong to this endpoint: compare `slipway info` with SLIPWAY_ENDPOINT and SLIPWAY_STATE_DIR."
      : "See what is wrong with `slipway doctor`.",
  });
}

async function assertDirectory(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => null);
  if (found?.isDirectory() === true) return;
  const what = found === null ? "is not there" : "is not a folder";
  throw usageFailure(
    `${directory} ${what}.`,
    "Name a folder or the address of a Git repository, or use --image IMAGE.",
  );
}

function nothingThere(directory: string): CliFailure {
  return new CliFailure(`${directory} has nothing to deploy: it is empty, or all of it is ignored.`, {
    hint: "See what is ignored with `git status --ignored`.",
  });
}

function text(output: Buffer): string {
  return output.toString("utf8").trim();
}
