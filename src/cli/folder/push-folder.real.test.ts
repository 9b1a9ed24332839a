// A folder snapshotted and pushed by the system's git to the API's own git server, and checked out again.
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../../api/testing/test-api.ts";
import { findEscapingLink } from "../../sources/git/escaping-link.ts";
import { HostedGitRepositories } from "../../sources/hosted/hosted-git-repositories.ts";
import { pushFolder, type FolderPush } from "./push-folder.ts";

const run = promisify(execFile);
let top: string;
let folder: string;
let api: TestApi;
let lines: string[];
let prepared: number;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), "slipway-folder-"));
  folder = join(top, "shop");
  await mkdir(folder);
  const repositories = new HostedGitRepositories({ directory: join(top, "hosted") });
  await repositories.create("shop");
  api = await startTestApi({ repositories });
  lines = [];
  prepared = 0;
});
afterEach(async () => {
  await api.close();
  await rm(top, { recursive: true, force: true });
});

const ownEnvironment = { ...process.env, HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" };
const git = async (...words: readonly string[]) =>
  (await run("git", [...words], { cwd: folder, env: { ...ownEnvironment, LC_ALL: "C" } })).stdout.trim();

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const push = (more: Partial<FolderPush> = {}) =>
  pushFolder({
    directory: folder,
    branch: "main",
    pushUrl: `${api.endpoint}/git/shop.git`,
    credentials: { accessKeyId: api.key.id, secretAccessKey: api.key.secret },
    environment: { PATH: process.env["PATH"], HOME: "/nonexistent" },
    findEscapingLink,
    prepare: () => {
      prepared += 1;
      return Promise.resolve();
    },
    onLine: (line) => lines.push(line),
    ...more,
  });

/** The pushed tree, cloned over HTTP. */
async function cloned(): Promise<string> {
  const target = join(top, `clone-${lines.length}-${Date.now()}`);
  const url = new URL(`${api.endpoint}/git/shop.git`);
  url.username = api.key.id;
  url.password = api.key.secret;
  await run("git", ["clone", "--quiet", "--branch", "main", url.href, target], { env: ownEnvironment });
  return target;
}

const names = async (directory: string) =>
  (await run("git", ["-C", directory, "ls-files"], { env: ownEnvironment })).stdout.trim().split("\n");

const subjects = async (directory: string) =>
  (await run("git", ["-C", directory, "log", "--format=%s"], { env: ownEnvironment })).stdout
    .trim()
    .split("\n");

test("a folder that is no repository goes as it is, without what is ignored or can be made again", async () => {
  await write({
    "server.js": "listen()",
    "bin/start": "#!/bin/sh",
    "node_modules/x/index.js": "x",
    ".gitignore": "*.log\n",
    "debug.log": "noise",
    "ä ö.txt": "umlauts\r\n",
  });
  await chmod(join(folder, "bin/start"), 0o755);
  await symlink("server.js", join(folder, "main.js"));
  const pushed = await push();
  expect(pushed).toMatchObject({ fileCount: 5, leftOut: [] });
  const clone = await cloned();
  expect(await readFile(join(clone, "ä ö.txt"), "utf8")).toBe("umlauts\r\n");
  expect(await readlink(join(clone, "main.js"))).toBe("server.js");
  expect((await stat(join(clone, "bin/start"))).mode & 0o111).not.toBe(0);
  await expect(stat(join(clone, "node_modules"))).rejects.toThrow(/ENOENT/);
  await expect(stat(join(clone, "debug.log"))).rejects.toThrow(/ENOENT/);
});

test("of a repository the files are taken as they stand, and the repository stays as it was", async () => {
  await git("init", "--quiet", "--initial-branch=work");
  await git("config", "user.name", "Ada");
  await git("config", "user.email", "ada@example.com");
  await write({
    "a.txt": "1",
    "gone.txt": "1",
    ".gitignore": "secret\n",
    ".gitattributes": "*.txt text eol=crlf\n",
  });
  await git("add", ".");
  await git("commit", "--quiet", "-m", "First");
  await write({ "a.txt": "changed\n", "untracked.txt": "new", secret: "hunter2", "staged.txt": "s" });
  await rm(join(folder, "gone.txt"));
  await git("add", "staged.txt");
  const before = [
    await git("status", "--porcelain"),
    await git("rev-parse", "HEAD"),
    await git("count-objects"),
  ];
  const { commitId } = await push({
    environment: { ...process.env, HOME: "/nonexistent", GIT_DIR: "/nowhere" },
  });
  expect([
    await git("status", "--porcelain"),
    await git("rev-parse", "HEAD"),
    await git("count-objects"),
  ]).toEqual(before);
  const clone = await cloned();
  expect(await names(clone)).toEqual([
    ".gitattributes",
    ".gitignore",
    "a.txt",
    "staged.txt",
    "untracked.txt",
  ]);
  const { stdout } = await run("git", ["-C", clone, "show", `${commitId}:a.txt`]);
  expect(stdout).toBe("changed\n");
  expect((await run("git", ["-C", clone, "log", "-1", "--format=%an %s"])).stdout.trim()).toBe("Ada First");
});

test("repositories within the folder come along, and a second push follows the first", async () => {
  await write({ "index.html": "1" });
  await mkdir(join(folder, "lib"));
  await run("git", ["init", "--quiet", join(folder, "lib")], { env: ownEnvironment });
  await write({ "lib/util.js": "u" });
  await push();
  expect(await names(await cloned())).toEqual(["index.html", "lib/util.js"]);
  await rm(join(folder, "lib"), { recursive: true });
  await push();
  const clone = await cloned();
  expect(await names(clone)).toEqual(["index.html"]);
  expect(await subjects(clone)).toEqual(["Folder shop", "Folder shop"]);
});

test("what somebody pushed with git stays in the history", async () => {
  await write({ "index.html": "1" });
  await push();
  const clone = await cloned();
  await writeFile(join(clone, "theirs.html"), "2");
  const inClone = ["-C", clone, "-c", "user.name=a", "-c", "user.email=a@example.com"];
  await run("git", [...inClone, "add", "."], { env: ownEnvironment });
  await run("git", [...inClone, "commit", "--quiet", "-m", "Theirs"], { env: ownEnvironment });
  await run("git", [...inClone, "push", "--quiet"], { env: ownEnvironment });
  await push();
  const after = await cloned();
  expect(await names(after)).toEqual(["index.html"]);
  expect(await subjects(after)).toEqual(["Folder shop", "Theirs", "Folder shop"]);
});

test("a submodule that is not checked out and a name that is no UTF-8 are left out, and said", async () => {
  const inner = join(top, "inner");
  const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  await run("git", ["init", "--quiet", inner], { env: ownEnvironment });
  await run("git", ["-C", inner, ...identity, "commit", "--quiet", "--allow-empty", "-m", "inner"]);
  await git("init", "--quiet");
  await git("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", inner, "lib");
  await git("submodule", "deinit", "--quiet", "--force", "lib");
  await write({ "index.html": "1" });
  await writeFile(Buffer.from(`${folder}/caf\xe9`, "latin1"), "1");
  const { leftOut } = await push();
  expect(leftOut.toSorted()).toEqual(["caf\uFFFD", "lib/"]);
  expect(await names(await cloned())).toEqual([".gitmodules", "index.html"]);
});

test("what is named like a secret is sent, and said", async () => {
  await write({ ".env": "A=1", "config/.env.local": "A=1", ".env.example": "A=", "tls/server.key": "k" });
  expect((await push()).secrets.toSorted()).toEqual([".env", "config/.env.local", "tls/server.key"]);
});

test("a folder with nothing in it, a folder that is none and a wrong key are said", async () => {
  await expect(push()).rejects.toThrow(/has nothing to deploy/);
  await expect(push({ directory: join(folder, "nowhere") })).rejects.toThrow(/is not there/);
  expect(prepared).toBe(0);
  await write({ "index.html": "1" });
  const wrong = push({ credentials: { accessKeyId: api.key.id, secretAccessKey: "wrong" } });
  const failure = await wrong.catch((error: unknown) => error);
  expect(failure).toMatchObject({ hint: expect.stringContaining("access key does not belong") });
  expect(JSON.stringify(failure)).not.toContain(Buffer.from(`${api.key.id}:wrong`).toString("base64"));
});

test("a link that leads out of the folder is refused before anything is made or sent", async () => {
  await write({ "server.js": "x" });
  await symlink("../outside", join(folder, "out"));
  await expect(push()).rejects.toThrow('The link "out" → "../outside" leads out of the folder.');
  expect(prepared).toBe(0);
});
