import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DirectoryTree, joinPath, normalizePath } from "./source-tree.ts";

let base: string;
let tree: DirectoryTree;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "source-tree-"));
  const root = join(base, "tree");
  await mkdir(join(root, "web"), { recursive: true });
  await writeFile(join(base, "outside"), "secret");
  await mkdir(join(base, "tree-beside"));
  await writeFile(join(base, "tree-beside", "file"), "secret");
  await writeFile(join(root, "web", "a.txt"), "héllo");
  await writeFile(join(root, "latin1.txt"), Buffer.from([0xe9]));
  await symlink("web/a.txt", join(root, "inner"));
  await symlink("../outside", join(root, "outer"));
  await symlink("../tree-beside", join(root, "beside"));
  await symlink("/etc", join(root, "etc"));
  await symlink("loop", join(root, "loop"));
  await symlink("nowhere", join(root, "dangling"));
  execFileSync("mkfifo", [join(root, "pipe")]);
  tree = await DirectoryTree.open(root);
});

afterAll(() => rm(base, { recursive: true }));

describe("a source tree in a directory", () => {
  it("reads files, and through links that stay within", async () => {
    expect(await tree.readText("web/a.txt", 100)).toBe("héllo");
    expect(await tree.readText("./web//a.txt", 100)).toBe("héllo");
    expect(await tree.readText("inner", 100)).toBe("héllo");
    expect(await tree.list("")).toContain("web");
    expect(await tree.list("web")).toStrictEqual(["a.txt"]);
    expect(await tree.exists("web")).toBe(true);
  });

  it.each(["outer", "beside/file", "etc/passwd"])("does not follow %s out of the tree", async (path) => {
    await expect(tree.readText(path, 10_000)).rejects.toThrow("leads out of the repository");
    await expect(tree.exists(path)).rejects.toThrow("leads out of the repository");
    await expect(tree.list(path)).rejects.toThrow("leads out of the repository");
  });

  it.each(["../outside", "web/../../outside", "a\nb", "a\0b"])("refuses the path %j", async (path) => {
    await expect(tree.readText(path, 100)).rejects.toThrow("is not a path within the repository");
  });

  it("takes what is missing, a directory or a pipe for no file", async () => {
    for (const path of ["missing", "web/a.txt/below", "dangling", "web", "pipe"]) {
      expect(await tree.readText(path, 100)).toBeNull();
    }
    expect(await tree.exists("missing")).toBe(false);
    expect(await tree.list("missing")).toStrictEqual([]);
    expect(await tree.list("web/a.txt")).toStrictEqual([]);
  });

  it("refuses loops, long files and what is no text", async () => {
    await expect(tree.readText("loop", 100)).rejects.toThrow("loop cannot be read");
    await expect(tree.readText("web/a.txt", 5)).rejects.toThrow("larger than 5 bytes");
    expect(await tree.readText("web/a.txt", 6)).toBe("héllo");
    await expect(tree.readText("latin1.txt", 100)).rejects.toThrow("not UTF-8");
  });
});

describe("paths", () => {
  it("are put in one form", () => {
    expect(normalizePath("/")).toBe("");
    expect(normalizePath("/services//web/")).toBe("services/web");
    expect(joinPath("", "a")).toBe("a");
    expect(joinPath("/web", "a/b")).toBe("web/a/b");
  });
});
