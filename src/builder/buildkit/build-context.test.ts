import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readContext, type ContextRequest } from "./build-context.ts";

let tree: string;

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), "slipway-context-"));
});

afterEach(async () => {
  await rm(tree, { recursive: true });
});

async function paths(more: Partial<ContextRequest> = {}): Promise<readonly string[]> {
  const request = { treeDirectory: tree, contextDirectory: ".", ignore: [], ...more };
  const { entries } = await readContext(request, new AbortController().signal);
  return entries.map(({ path }) => path);
}

async function files(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(tree, name, ".."), { recursive: true });
    await writeFile(join(tree, name), name);
  }
}

test("a directory comes before its content, names in the order of their bytes", async () => {
  await files("a.txt", "a/b", "Z", "ä", "\u{1F389}", "\uFB00");
  expect(await paths()).toEqual(["Z", "a", "a/b", "a.txt", "ä", "\uFB00", "\u{1F389}"]);
});

test("links stay links and are never followed", async () => {
  await files("dir/x");
  await symlink("/etc", join(tree, "out"));
  await symlink("dir", join(tree, "in"));
  expect(await paths()).toEqual(["dir", "dir/x", "in", "out"]);
});

test("what is ignored is not read, but an exception below it is found, with the directories above it", async () => {
  await files("keep", "skip/a", "skip/deep/wanted", "skip/deep/b", "other/c");
  expect(await paths({ ignore: ["skip"] })).toEqual(["keep", "other", "other/c"]);
  const ignore = ["*", "!skip/deep/wanted"];
  expect(await paths({ ignore })).toEqual(["skip", "skip/deep", "skip/deep/wanted"]);
});

test("a special file is refused, unless it is ignored", async () => {
  await promisify(execFile)("mkfifo", [join(tree, "pipe")]);
  await expect(paths()).rejects.toMatchObject({
    problem: "configuration",
    message: expect.stringContaining("pipe is neither") as string,
  });
  expect(await paths({ ignore: ["pipe"] })).toEqual([]);
});

test("size and number are bounded", async () => {
  await files("a", "b");
  await expect(paths({ limits: { bytes: 1, entries: 9 } })).rejects.toThrow(/larger than 0 MiB/);
  await expect(paths({ limits: { bytes: 9, entries: 1 } })).rejects.toThrow(/more than 1 files/);
});

test("the context lies within the tree", async () => {
  await files("sub/x", "file");
  await symlink("/etc", join(tree, "etc"));
  expect(await paths({ contextDirectory: "sub" })).toEqual(["x"]);
  for (const contextDirectory of ["..", "etc", "../../etc"])
    await expect(paths({ contextDirectory })).rejects.toThrow(/leads out of/);
  for (const contextDirectory of ["nothere", "file"])
    await expect(paths({ contextDirectory })).rejects.toThrow(/not a directory/);
});

test("a name that is no text is refused", async () => {
  await writeFile(Buffer.concat([Buffer.from(`${tree}/a`), Buffer.from([0xff])]), "");
  await expect(paths()).rejects.toThrow(/not valid UTF-8/);
});
