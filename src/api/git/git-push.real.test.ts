// The system's git against the API: cloning, pushing, and the deployment's progress on the pusher's terminal.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitFor } from "../../../test/support/wait-for.ts";
import { HostedGitRepositories } from "../../sources/hosted/hosted-git-repositories.ts";
import { aCodeService, makeService } from "../testing/requests.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

const run = promisify(execFile);
let top: string;
let work: string;
let slipway: TestApi;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), "slipway-push-test-"));
  work = join(top, "work");
  const repositories = new HostedGitRepositories({ directory: join(top, "hosted") });
  await repositories.create("shop");
  slipway = await startTestApi({ repositories });
  await run("git", ["init", "--quiet", "--initial-branch=main", work]);
});
afterEach(async () => {
  await slipway.close();
  await rm(top, { recursive: true, force: true });
});

const environment = {
  ...process.env,
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
};
const git = (...words: readonly string[]) => run("git", ["-C", work, ...words], { env: environment });

function address(secret = slipway.key.secret): string {
  const url = new URL(`${slipway.endpoint}/git/shop.git`);
  url.username = slipway.key.id;
  url.password = secret;
  return url.href;
}

async function commit(file: string, content: string | Buffer): Promise<void> {
  await writeFile(join(work, file), content);
  await git("add", ".");
  await git("commit", "--quiet", "-m", `Add ${file}`);
}

test("a push of several MiB arrives, deploys, and its progress stands on the pusher's terminal", async () => {
  const service = await makeService(slipway, aCodeService("shop", "slipway://shop"));
  const id = service.ServiceId ?? "";
  // Neither compressible nor small: far above what the API takes, and sent in chunks.
  await commit("large.bin", randomBytes(4 * 1024 * 1024));
  const pushing = git("push", address(), "main");
  await waitFor(async () => (await slipway.store.operations.listOpen(id)).length === 1);
  await slipway.commands.settle(id, "RUNNING");
  const { stderr } = await pushing;
  expect(stderr).toMatch(/remote: Deploying shop at [0-9a-f]{12}/);
  expect(stderr).toContain(`remote: shop is deployed: http://${service.ServiceUrl}`);
  const clone = join(top, "clone");
  await run("git", ["clone", "--quiet", address(), clone], { env: environment });
  const { stdout } = await run("git", ["-C", clone, "log", "--format=%s"], { env: environment });
  expect(stdout.trim()).toBe("Add large.bin");
});

test("a second push sends what is new, and without a service it says what to do", async () => {
  await commit("a.txt", "1");
  expect((await git("push", address(), "main")).stderr).toContain(
    "remote: No service is built from shop yet.",
  );
  await commit("b.txt", "2");
  await git("push", address(), "main");
  const { stdout } = await run("git", ["ls-remote", address(), "refs/heads/main"], { env: environment });
  expect(stdout.slice(0, 40)).toBe((await git("rev-parse", "HEAD")).stdout.trim());
});

test("a wrong secret is refused, and so is a repository that is not there", async () => {
  await commit("a.txt", "1");
  await expect(git("push", address("wrong"), "main")).rejects.toThrow(/Authentication failed/);
  const elsewhere = address().replace("shop.git", "blog.git");
  await expect(git("push", elsewhere, "main")).rejects.toThrow(/There is no such repository|not found/);
});
