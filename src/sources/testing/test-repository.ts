/** Repositories for tests, made with the real git: ordinary ones, and such as no honest git would make. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

const run = promisify(execFile);

export const TEST_GIT_ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Ada Lovelace",
  GIT_AUTHOR_EMAIL: "ada@example.test",
  GIT_COMMITTER_NAME: "Ada Lovelace",
  GIT_COMMITTER_EMAIL: "ada@example.test",
};

export async function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "slipway-sources-"));
}

export class TestRepository {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Bare; the default branch is main. */
  static async create(path: string): Promise<TestRepository> {
    await run("git", ["init", "--bare", "--quiet", "--initial-branch=main", path], {
      env: TEST_GIT_ENVIRONMENT,
    });
    return new TestRepository(path);
  }

  async git(...command: readonly string[]): Promise<string> {
    const { stdout } = await run("git", ["-C", this.path, ...command], { env: TEST_GIT_ENVIRONMENT });
    return stdout.trim();
  }

  /** A commit with exactly these files on top of the branch. */
  async commit(
    files: Readonly<Record<string, string | Buffer>>,
    { branch = "main", message = "A change" }: { readonly branch?: string; readonly message?: string } = {},
  ): Promise<string> {
    const work = await temporaryDirectory();
    try {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(work, path)), { recursive: true });
        await writeFile(join(work, path), content);
      }
      const inWork = ["--git-dir", this.path, "--work-tree", work];
      await run("git", [...inWork, "read-tree", "--empty"], { env: TEST_GIT_ENVIRONMENT });
      await run("git", [...inWork, "add", "--all", "--force", "."], { env: TEST_GIT_ENVIRONMENT, cwd: work });
      const tree = await this.git("write-tree");
      return await this.commitTree(tree, { branch, message });
    } finally {
      await rm(work, { recursive: true });
    }
  }

  async commitTree(
    tree: string,
    { branch = "main", message = "A change" }: { readonly branch?: string; readonly message?: string } = {},
  ): Promise<string> {
    const parent = await this.git("rev-parse", "--verify", "--quiet", `refs/heads/${branch}`).catch(
      () => null,
    );
    const parents = parent === null ? [] : ["-p", parent];
    const commit = await this.git("commit-tree", ...parents, "-m", message, tree);
    await this.git("update-ref", `refs/heads/${branch}`, commit);
    return commit;
  }

  async blob(content: string | Buffer): Promise<string> {
    return this.#feed(["hash-object", "-w", "--stdin"], content);
  }

  /** Lines such as `100644 blob <id>\tname`: any name, and nobody checks. */
  async tree(...lines: readonly string[]): Promise<string> {
    return this.#feed(["mktree", "-z", "--missing"], lines.map((line) => `${line}\u0000`).join(""));
  }

  async #feed(command: readonly string[], input: string | Buffer): Promise<string> {
    const child = spawn("git", ["-C", this.path, ...command], { env: TEST_GIT_ENVIRONMENT });
    const printed = text(child.stdout);
    child.stdin.end(input);
    const [status] = (await once(child, "close")) as [number];
    if (status !== 0) throw new Error(`git ${command[0]} ended with ${status}`);
    return (await printed).trim();
  }
}
