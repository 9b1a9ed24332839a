// What happens to a repository between two looks at it, and in the middle of one: with the real git.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CheckoutRequest } from "../../ports/source-code.ts";
import { startGitServer, type GitServer, type GitServerOptions } from "../testing/git-server.ts";
import { temporaryDirectory, TestRepository } from "../testing/test-repository.ts";
import { GitSourceCode } from "./git-source-code.ts";

const never = new AbortController().signal;

let directory: string;
let repository: TestRepository;
let server: GitServer;
let code: GitSourceCode;
let answer: NonNullable<GitServerOptions["answer"]>;
let keys: number;

beforeEach(async () => {
  keys = 0;
  answer = () => false;
  directory = await temporaryDirectory();
  const root = join(directory, "repositories");
  await mkdir(root);
  repository = await TestRepository.create(join(root, "web.git"));
  server = await startGitServer({ root, answer: (request, response) => answer(request, response) });
  code = new GitSourceCode({
    directory: join(directory, "sources"),
    credentials: { forConnection: () => Promise.reject(new Error("not asked for")) },
    hostedPath: () => null,
    removeHosted: async () => undefined,
    allowPlainHttp: true,
    ownPorts: [],
  });
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** Of the same service each time, so into the same mirror. */
function wish(commitId: string | null = null): CheckoutRequest {
  keys += 1;
  const repositoryUrl = `${server.origin}/web.git`;
  const place = { serviceId: "service1", repositoryUrl, branch: "main", sourceDirectory: "/" };
  return { key: keys.toString(16).padStart(32, "0"), commitId, location: { ...place, connectionArn: null } };
}

async function checkOut(commitId: string | null = null): Promise<string> {
  return (await code.checkout(wish(commitId), never)).directory;
}

async function expectProblem(commitId: string | null, problem: string, message: RegExp): Promise<void> {
  const text = expect.stringMatching(message) as string;
  await expect(checkOut(commitId)).rejects.toMatchObject({ name: "SourceError", problem, message: text });
  expect(await readdir(join(directory, "sources", "partial"))).toEqual([]);
}

const deleteBranch = (): Promise<string> => repository.git("update-ref", "-d", "refs/heads/main");
/** As a host that cleans up at once. */
const prune = (): Promise<string> => repository.git("gc", "--prune=now", "--quiet");

const noise = (bytes: number): Buffer =>
  Buffer.concat(
    Array.from({ length: bytes / 65_536 }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(65_536)))),
  );

describe("a branch that was pushed over between the look and the fetch", () => {
  test("has its new commit, and says so of the old one", async () => {
    const old = await repository.commit({ a: "old" });
    expect(await code.head(wish().location, never)).toEqual({ commitId: old });
    await deleteBranch();
    await repository.commit({ a: "forced" });
    await prune();
    await expectProblem(old, "no-commit", /not in .* any more/);
    expect(await readFile(join(await checkOut(), "a"), "utf8")).toBe("forced");
  });

  test("with a .gitmodules that cannot be read, or leads elsewhere, is refused until it is mended", async () => {
    await repository.commit({ a: "1" });
    await checkOut();
    await deleteBranch();
    await withSubmodule('[submodule "lib"\n\tpath = \u0000\n');
    await expectProblem(null, "refused", /\.gitmodules cannot be read/);
    await withSubmodule("x".repeat(2 * 1024 ** 2));
    await expectProblem(null, "refused", /\.gitmodules is larger than 1 MiB/);
    await withSubmodule('[submodule "lib"]\n\tpath = lib\n\turl = ext::touch payload\n');
    await expectProblem(null, "refused", /The submodule "lib"/);
    // Another file is not read in its place: the submodule has no address then, and stays empty.
    await writeFile(join(directory, "outside"), '[submodule "lib"]\n\tpath = lib\n\turl = ../lib.git\n');
    await withSubmodule(`[include]\n\tpath = ${join(directory, "outside")}\n`);
    expect(await readdir(join(await checkOut(), "lib"))).toEqual([]);
    await repository.commit({ a: "2" });
    expect(await readFile(join(await checkOut(), "a"), "utf8")).toBe("2");
  });

  test("with an .lfsconfig that names another host is not led there", async () => {
    const oid = "a".repeat(64);
    await repository.commit({
      ".gitattributes": "*.bin filter=lfs\n",
      ".lfsconfig": `[lfs]\n\turl = ${server.origin}/elsewhere\n`,
      "a.bin": `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12\n`,
    });
    await expectProblem(null, "not-found", /LFS/);
    expect(server.requests.filter(({ path }) => path.includes("elsewhere"))).toEqual([]);
    expect(server.requests.some(({ path }) => path === "/web.git/info/lfs/objects/batch")).toBe(true);
  });
});

/** A commit with a submodule `lib`, and this text about it. */
async function withSubmodule(gitmodules: string): Promise<string> {
  const file = await repository.blob(gitmodules);
  const lines = [`100644 blob ${file}\t.gitmodules`, `160000 commit ${"1".repeat(40)}\tlib`];
  return repository.commitTree(await repository.tree(...lines));
}

test("a branch that was deleted is missed, though its commit lies in the mirror; the commit itself is still there", async () => {
  const id = await repository.commit({ a: "1" });
  await repository.commit({ a: "1" }, { branch: "next" });
  await checkOut();
  await deleteBranch();
  await expectProblem(null, "no-branch", /no branch "main". It has "next"/);
  expect(await readFile(join(await checkOut(id), "a"), "utf8")).toBe("1");
});

test("a host that goes down in the middle of a fetch is unreachable, and the next fetch is whole", async () => {
  await repository.commit({ a: "1" });
  await checkOut();
  const large = noise(4 * 1024 ** 2);
  await repository.commit({ "a.bin": large });
  answer = (request, response) => {
    let sent = 0;
    const write = response.write.bind(response) as (chunk: Buffer) => boolean;
    response.write = (chunk: Buffer): boolean => {
      sent += chunk.length;
      if (sent > 1024 ** 2) request.socket.destroy();
      return write(chunk);
    };
    return false;
  };
  await expectProblem(null, "unreachable", /did not answer as it should/);
  const packs = join(directory, "sources", "mirrors", "service1.git", "objects", "pack");
  expect((await readdir(packs)).filter((name) => name.startsWith("tmp_"))).toEqual([]);
  answer = () => false;
  expect(large.equals(await readFile(join(await checkOut(), "a.bin")))).toBe(true);
});
