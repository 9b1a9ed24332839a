import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import {
  createServer,
  request as sendRequest,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitFor } from "../../../test/support/wait-for.ts";
import type { HostedGitRequest, PushedReference } from "../../ports/hosted-repositories.ts";
import { temporaryDirectory, TEST_GIT_ENVIRONMENT } from "../testing/test-repository.ts";
import { HostedGitRepositories, type HostedOptions } from "./hosted-git-repositories.ts";

let directory: string;
let hosted: HostedGitRepositories;
let server: Server;
let origin: string;
let mayPush: boolean;
let onPush: HostedGitRequest["onPush"];
let pushes: (readonly PushedReference[])[];
let changes: string[];

beforeEach(async () => {
  directory = await temporaryDirectory();
  changes = [];
  hosted = open();
  await hosted.create("web");
  mayPush = true;
  pushes = [];
  onPush = (changes, write) => {
    pushes.push(changes);
    write("deployed");
    return Promise.resolve({ ok: true });
  };
  server = createServer((request, response) => {
    // Who leaves at once leaves before git has said anything.
    mount(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});

const open = (timesMs: HostedOptions["timesMs"] = {}): HostedGitRepositories =>
  new HostedGitRepositories({
    directory: join(directory, "hosted"),
    quotaBytes: 4 * 1024 ** 2,
    timesMs,
    onChange: (name) => void changes.push(name),
  });

/** As the API's server will. */
async function mount(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", origin);
  const [, name = "", path = ""] = /^\/git\/([^/]+)\.git\/(.*)$/.exec(url.pathname) ?? [];
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const { method = "", headers } = request;
  const reply = await hosted.serve(
    {
      name,
      path,
      method,
      query: url.search.slice(1),
      headers: headers as Record<string, string>,
      body: request,
      remoteUser: "ada",
      pusherArn: "arn:aws:iam::000000000000:user/ada",
      askedAtMs: 1_000,
      mayPush,
      onPush,
    },
    gone.signal,
  );
  response.writeHead(reply.status, reply.headers);
  reply.body.on("error", () => response.destroy()).pipe(response);
}

async function git(
  ...command: readonly string[]
): Promise<{ readonly status: number; readonly printed: string }> {
  const child = startGit(...command);
  let printed = "";
  const collect = (chunk: Buffer): string => (printed += chunk.toString());
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const [status] = (await once(child, "close")) as [number];
  return { status, printed };
}

function startGit(...command: readonly string[]): ReturnType<typeof spawn> & {
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
} {
  return spawn("git", ["-C", join(directory, "work"), ...command], {
    env: TEST_GIT_ENVIRONMENT,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

async function commit(content: string | Buffer): Promise<string> {
  const work = join(directory, "work");
  await mkdir(work, { recursive: true });
  await git("init", "--quiet", "--initial-branch=main");
  await writeFile(join(work, "app.js"), content);
  await git("add", "app.js");
  await git("commit", "--quiet", "-m", "change");
  return (await git("rev-parse", "HEAD")).printed.trim();
}

const push = (...options: readonly string[]): ReturnType<typeof git> =>
  git("push", ...options, `${origin}/git/web.git`, "main");

async function socketsLeft(): Promise<readonly string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith("slipway-push-"));
}

test("who shows repositories is told of one that is made, of a push once it can be read, and of one that goes", async () => {
  expect(changes).toEqual(["web"]);
  const commitId = await commit("1");
  const known: unknown[] = [];
  onPush = async () => {
    known.push([...changes], await hosted.lastPush("web"));
    return { ok: true };
  };
  await push();
  expect(known).toEqual([["web", "web"], expect.objectContaining({ commitId })]);
  await git("ls-remote", `${origin}/git/web.git`);
  expect(changes).toHaveLength(2);
  await hosted.remove("web");
  expect(changes).toEqual(["web", "web", "web"]);
});

test("what is pushed is told, stored, and can be cloned", async () => {
  const first = await commit("1");
  const pushed = await push();
  expect(pushed).toMatchObject({ status: 0, printed: expect.stringContaining("remote: deployed") as string });
  const second = await commit("2");
  expect((await push()).status).toBe(0);
  expect(pushes).toEqual([
    [{ reference: "refs/heads/main", oldCommitId: null, newCommitId: first }],
    [{ reference: "refs/heads/main", oldCommitId: first, newCommitId: second }],
  ]);
  const cloned = await git(
    "clone",
    "--quiet",
    "--depth=1",
    `${origin}/git/web.git`,
    join(directory, "clone"),
  );
  expect(cloned.status).toBe(0);
  expect(await readFile(join(directory, "clone", "app.js"), "utf8")).toBe("2");
  await waitFor(async () => (await socketsLeft()).length === 0, { what: "the end of the push's socket" });
});

test("one can begin with a commit, whatever its files hold, and is pushed to as any other", async () => {
  const files = [
    { path: "start.sh", isExecutable: true, content: "#!/bin/sh\n" },
    { path: 'odd/"name"\\.txt', isExecutable: false, content: "data 3\nabc\ncommit refs/heads/evil\n" },
    { path: "empty", isExecutable: false, content: "" },
  ];
  const author = { name: "Slipway", email: "slipway@localhost" };
  await hosted.create("begun", { author, message: "Ünder way", committedAtMs: 1_700_000_000_500, files });
  const url = `${origin}/git/begun.git`;
  await commit("of the directory that git is called in");
  const clone = join(directory, "begun");
  expect((await git("clone", "--quiet", url, clone)).printed).toBe("");
  for (const { path, content } of files) expect(await readFile(join(clone, path), "utf8")).toBe(content);
  expect((await stat(join(clone, "start.sh"))).mode & 0o111).not.toBe(0);
  const log = await git("-C", clone, "log", "--format=%an %ct %s");
  expect(log.printed.trim()).toBe("Slipway 1700000000 Ünder way");
  expect((await git("ls-remote", "--symref", url, "HEAD")).printed).toContain("ref: refs/heads/main\tHEAD");
  await git("-C", clone, "commit", "--quiet", "--allow-empty", "-m", "next");
  expect((await git("-C", clone, "push", "--quiet", url, "main")).status).toBe(0);
});

test("the first branch that is pushed is the default one, and stays it", async () => {
  await commit("1");
  const url = `${origin}/git/web.git`;
  await git("push", url, "main:trunk");
  await git("push", url, "main:main");
  expect((await git("ls-remote", "--symref", url, "HEAD")).printed).toContain("ref: refs/heads/trunk\tHEAD");
});

test("lines appear on the pusher's terminal while the push lasts", async () => {
  await commit("1");
  const release = Promise.withResolvers<undefined>();
  onPush = async (_changes, write) => {
    write("building\u001b[31m");
    await release.promise;
    write("failed");
    return { ok: false };
  };
  const child = startGit("push", `${origin}/git/web.git`, "main");
  let printed = "";
  child.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const ended = once(child, "close");
  await waitFor(() => printed.includes("remote: building [31m"), { what: "the first line" });
  expect(printed).not.toContain("failed");
  release.resolve(undefined);
  expect(await ended).toEqual([0, null]);
  expect(printed).toContain("stored, but they are not deployed");
});

test("a callback that throws, and a socket that breaks, leave the push stored", async () => {
  const id = await commit("1");
  onPush = () => Promise.reject(new Error("broken"));
  expect(await push()).toMatchObject({ status: 0, printed: expect.stringContaining("went wrong") as string });
  expect((await git("ls-remote", `${origin}/git/web.git`)).printed).toContain(`${id}\trefs/heads/main`);
});

test("a deleted branch and a forced push are told", async () => {
  const first = await commit("1");
  await push();
  await git("commit", "--amend", "--quiet", "-m", "other");
  expect((await push()).status).not.toBe(0);
  expect((await push("--force")).status).toBe(0);
  expect(pushes.at(-1)?.[0]?.oldCommitId).toBe(first);
  expect((await push("--delete")).status).toBe(0);
  expect(pushes.at(-1)?.[0]).toMatchObject({ reference: "refs/heads/main", newCommitId: null });
});

test("who may not push may clone", async () => {
  await commit("1");
  await push();
  mayPush = false;
  await commit("2");
  const refused = await push();
  expect(refused).toMatchObject({ status: 128, printed: expect.stringContaining("403") as string });
  expect((await git("ls-remote", `${origin}/git/web.git`)).status).toBe(0);
});

test("a push above the quota is refused on the terminal, and leaves nothing", async () => {
  await commit(Buffer.from(crypto.getRandomValues(new Uint8Array(65_536))));
  await push();
  await commit(noise(80));
  const refused = await push();
  expect(refused.status).not.toBe(0);
  expect(refused.printed).toMatch(/remote: fatal: pack exceeds maximum allowed size/);
  expect(pushes).toHaveLength(1);
  expect(await hosted.lastPush("web")).toMatchObject({
    atMs: 1_000,
    pusherArn: "arn:aws:iam::000000000000:user/ada",
    commitId: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
  const { bytes, quotaBytes } = await hosted.usage("web");
  expect(bytes).toBeLessThan(200_000);
  expect(quotaBytes).toBe(4 * 1024 ** 2);
});

const noise = (blocks: number): Buffer =>
  Buffer.concat(
    Array.from({ length: blocks }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(65_536)))),
  );

/** A push that is begun, and sends nothing. */
async function silentPush(): Promise<ClientRequest> {
  const before = new Set(await socketsLeft());
  const request = sendRequest(`${origin}/git/web.git/git-receive-pack`, {
    method: "POST",
    headers: { "content-type": "application/x-git-receive-pack-request" },
  });
  request.on("error", () => undefined).flushHeaders();
  await waitFor(async () => (await socketsLeft()).some((name) => !before.has(name)), { what: "its turn" });
  return request;
}

test("two pushes at once do not fill the quota twice", async () => {
  await commit(noise(40));
  await git("checkout", "--quiet", "--orphan", "other");
  await commit(noise(40));
  const url = `${origin}/git/web.git`;
  const pushed = await Promise.all([git("push", url, "main"), git("push", url, "other")]);
  const [stored, refused] = pushed.toSorted((one, other) => one.status - other.status);
  expect(stored?.status).toBe(0);
  expect(refused?.status).not.toBe(0);
  expect(refused?.printed).toMatch(/remote: fatal: pack exceeds maximum allowed size/);
  expect((await hosted.usage("web")).bytes).toBeLessThan(4 * 1024 ** 2);
});

test("a push waits for one that is being stored, and is refused when that takes too long", async () => {
  hosted = open({ turn: 300 });
  const first = await silentPush();
  await commit("1");
  // Above http.postBuffer git asks before it sends.
  await git("config", "http.postBuffer", "65536");
  await commit(noise(4));
  const refused = await push();
  expect(refused.status).not.toBe(0);
  expect(refused.printed).toContain(
    "remote: Another push to web is being stored. Push again when it has ended.",
  );
  expect(pushes).toEqual([]);
  first.destroy();
  hosted = open();
  const second = await silentPush();
  const waiting = push();
  second.destroy();
  expect((await waiting).status).toBe(0);
});

test("a push is stored while another one is deployed", async () => {
  await commit("1");
  const deployed = Promise.withResolvers<{ readonly ok: boolean }>();
  const begun = Promise.withResolvers<undefined>();
  onPush = () => {
    begun.resolve(undefined);
    return deployed.promise;
  };
  const first = push();
  await begun.promise;
  onPush = () => Promise.resolve({ ok: true });
  expect((await git("push", `${origin}/git/web.git`, "main:next")).status).toBe(0);
  deployed.resolve({ ok: true });
  expect((await first).status).toBe(0);
});

test("a push that is not stored in time ends, says so, and leaves nothing", async () => {
  hosted = open({ store: 500 });
  const request = await silentPush();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  expect(await text(response)).toContain("\u0003The push was not stored within 0 minutes. Push less at once");
  await waitFor(async () => (await socketsLeft()).length === 0, { what: "the end of git" });
  await commit("1");
  hosted = open();
  expect((await push()).status).toBe(0);
});

test("what a crash left is removed before the first push, and nothing of another installation", async () => {
  const request = await silentPush();
  const [socket = ""] = await socketsLeft();
  request.destroy();
  const left = await mkdtemp(join(tmpdir(), socket.slice(0, -6)));
  const others = await mkdtemp(join(tmpdir(), "slipway-push-other-"));
  await mkdir(join(directory, "hosted", "repositories", "api.git.new-1"));
  hosted = open();
  await commit("1");
  expect((await push()).status).toBe(0);
  await expect(stat(left)).rejects.toThrow("ENOENT");
  await rm(others, { recursive: true });
  expect(await readdir(join(directory, "hosted", "repositories"))).toEqual(["web.git"]);
});

test("what a killed push left does not count for ever", async () => {
  const left = join(hosted.pathOf("web"), "objects", "tmp_objdir-incoming-Ab12Cd", "pack");
  await mkdir(left, { recursive: true });
  await writeFile(join(left, "tmp_pack_x"), noise(64));
  await commit("1");
  expect((await push()).status).toBe(0);
  expect((await hosted.usage("web")).bytes).toBeLessThan(1024 ** 2);
});

test("large pushes are streamed", async () => {
  await commit(noise(40));
  // Above http.postBuffer git sends the body in chunks.
  expect((await push()).status).toBe(0);
  expect((await hosted.usage("web")).bytes).toBeGreaterThan(2 * 1024 ** 2);
});

test("hooks in a repository do not run", async () => {
  const payload = join(directory, "payload");
  const hooks = join(hosted.pathOf("web"), "hooks");
  await mkdir(hooks);
  for (const name of ["pre-receive", "update", "post-receive"]) {
    await writeFile(join(hooks, name), `#!/bin/sh\ntouch ${payload}\n`);
    await chmod(join(hooks, name), 0o700);
  }
  await writeFile(join(hosted.pathOf("web"), "config"), `[core]\n\tbare = true\n\thooksPath = ${hooks}\n`);
  await commit("1");
  expect((await push()).status).toBe(0);
  await expect(readFile(payload)).rejects.toThrow("ENOENT");
  expect(pushes).toHaveLength(1);
});

test("a pusher who goes away ends git, not what was begun", async () => {
  await commit("1");
  const begun = Promise.withResolvers<undefined>();
  const release = Promise.withResolvers<undefined>();
  let isDone = false;
  onPush = async (_changes, write) => {
    begun.resolve(undefined);
    await release.promise;
    write("nobody reads this");
    isDone = true;
    return { ok: true };
  };
  const child = startGit("push", `${origin}/git/web.git`, "main");
  await begun.promise;
  // Its transport too.
  process.kill(-child.pid!, "SIGKILL");
  await once(child, "close");
  await waitFor(async () => (await socketsLeft()).length === 0, { what: "the end of git" });
  release.resolve(undefined);
  await waitFor(() => isDone);
  expect((await git("ls-remote", `${origin}/git/web.git`)).printed).toContain("refs/heads/main");
});

test("bodies may be compressed", async () => {
  await commit("1");
  await push();
  const ls = Buffer.from("0014command=ls-refs\n0000");
  const answer = await fetch(`${origin}/git/web.git/git-upload-pack`, {
    method: "POST",
    body: gzipSync(ls),
    headers: {
      "content-type": "application/x-git-upload-pack-request",
      "content-encoding": "gzip",
      "git-protocol": "version=2",
    },
  });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain("refs/heads/main");
});

test.each([
  ["GET", "none.git/info/refs?service=git-upload-pack", 404],
  ["GET", "..%2fweb.git/info/refs?service=git-upload-pack", 404],
  ["GET", "web.git/HEAD", 404],
  ["GET", "web.git/objects/info/packs", 404],
  ["GET", "web.git/config", 404],
  ["GET", "web.git/info/refs", 403],
  ["GET", "web.git/info/refs?service=git-upload-archive", 403],
  ["POST", "web.git/info/refs?service=git-upload-pack", 405],
  ["GET", "web.git/git-upload-pack", 405],
])("%s %s is %d", async (method, path, status) => {
  expect((await fetch(`${origin}/git/${path}`, { method })).status).toBe(status);
});

test("repositories are made once, and removed with all they hold", async () => {
  await commit("1");
  await push();
  await hosted.create("web");
  expect((await git("ls-remote", `${origin}/git/web.git`)).printed).toContain("refs/heads/main");
  await Promise.all([hosted.create("api"), hosted.create("api")]);
  expect((await readdir(join(directory, "hosted", "repositories"))).sort()).toEqual(["api.git", "web.git"]);
  await hosted.remove("web");
  await hosted.remove("web");
  expect(await hosted.exists("web")).toBe(false);
  expect(() => hosted.pathOf("../x")).toThrow("not the name");
});

test("a repository that is removed while somebody pushes can be made again", async () => {
  await commit("1");
  const { promise, resolve } = Promise.withResolvers<void>();
  onPush = async () => {
    await hosted.remove("web");
    await hosted.create("web");
    resolve();
    return { ok: true };
  };
  await Promise.all([push(), promise]);
  expect((await git("ls-remote", `${origin}/git/web.git`)).printed).not.toContain("refs/heads/main");
  onPush = () => Promise.resolve({ ok: true });
  await push();
  expect((await git("ls-remote", `${origin}/git/web.git`)).printed).toContain("refs/heads/main");
  expect(await readdir(join(directory, "hosted", "removed"))).toEqual([]);
});

test("what is no repository is not taken for one that was made", async () => {
  await mkdir(join(directory, "hosted", "repositories", "api.git", "objects"), { recursive: true });
  await expect(hosted.create("api")).rejects.toThrow("ENOTEMPTY");
  await hosted.remove("api");
  await hosted.create("api");
  expect(await hosted.exists("api")).toBe(true);
});
