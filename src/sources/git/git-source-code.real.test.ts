import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { waitFor } from "../../../test/support/wait-for.ts";
import type { GitCredential } from "../../ports/git-credentials.ts";
import type { CheckoutRequest, CodeLocation } from "../../ports/source-code.ts";
import { startGitServer, type GitServer, type GitServerOptions } from "../testing/git-server.ts";
import { temporaryDirectory, TestRepository } from "../testing/test-repository.ts";
import { GitSourceCode, type GitSourceCodeOptions } from "./git-source-code.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const OTHER_KEY = "fedcba9876543210fedcba9876543210";
const never = new AbortController().signal;

let directory: string;
let repository: TestRepository;
let servers: GitServer[];

beforeEach(async () => {
  directory = await temporaryDirectory();
  servers = [];
  await mkdir(join(directory, "repositories"));
  repository = await TestRepository.create(join(directory, "repositories", "web.git"));
});

afterEach(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function serve(options: Partial<GitServerOptions> = {}): Promise<GitServer> {
  const server = await startGitServer({ root: join(directory, "repositories"), ...options });
  servers.push(server);
  return server;
}

function sources(
  options: Partial<GitSourceCodeOptions> & { readonly credential?: GitCredential } = {},
): GitSourceCode {
  const { credential, ...rest } = options;
  return new GitSourceCode({
    directory: join(directory, "sources"),
    credentials: {
      forConnection: () =>
        credential === undefined ? Promise.reject(new Error("not asked for")) : Promise.resolve(credential),
    },
    hostedPath: () => null,
    removeHosted: async () => undefined,
    allowPlainHttp: true,
    ownPorts: [],
    ...rest,
  });
}

function location(repositoryUrl: string, changes: Partial<CodeLocation> = {}): CodeLocation {
  return {
    serviceId: "service1",
    repositoryUrl,
    branch: "main",
    sourceDirectory: "/",
    connectionArn: null,
    ...changes,
  };
}

function request(
  repositoryUrl: string,
  changes: Partial<CodeLocation & CheckoutRequest> = {},
): CheckoutRequest {
  const { key = KEY, commitId = null, ...rest } = changes;
  return { key, commitId, location: location(repositoryUrl, rest) };
}

async function webUrl(options: Partial<GitServerOptions> = {}): Promise<string> {
  return `${(await serve(options)).origin}/web.git`;
}

async function expectProblem(promise: Promise<unknown>, problem: string, message: RegExp): Promise<void> {
  await expect(promise).rejects.toMatchObject({
    name: "SourceError",
    problem,
    message: expect.stringMatching(message) as string,
  });
  // Nothing half-made stays.
  expect(await readdir(join(directory, "sources", "checkouts")).catch(() => [])).toEqual([]);
  expect(await readdir(join(directory, "sources", "partial")).catch(() => [])).toEqual([]);
  expect(await readdir(join(directory, "sources", "private")).catch(() => [])).toEqual([]);
}

describe("a branch", () => {
  test("has a head, and a checkout of it holds its files", async () => {
    await repository.commit({ "old.txt": "old" });
    const id = await repository.commit(
      { "app.js": "console.log(1)\n", "bin/run": "#!/bin/sh\n", "lib/a b ü.txt": "x" },
      { message: "Second\u0007 line\n\nand more" },
    );
    const url = await webUrl();
    const code = sources();
    expect(await code.head(location(url), never)).toEqual({ commitId: id });
    const checkout = await code.checkout(request(url), never);
    expect(checkout.commit).toMatchObject({ id, author: "Ada Lovelace", message: "Second  line" });
    expect(Math.abs(Date.now() - checkout.commit.committedAtMs)).toBeLessThan(60_000);
    expect(checkout.sourceTreeId).toBe(await repository.git("rev-parse", `${id}^{tree}`));
    expect(await readFile(join(checkout.directory, "app.js"), "utf8")).toBe("console.log(1)\n");
    expect((await readdir(checkout.directory, { recursive: true })).sort()).toEqual([
      "app.js",
      "bin",
      "bin/run",
      "lib",
      "lib/a b ü.txt",
    ]);
  });

  test("is fetched without its history, and a known commit not at all", async () => {
    const first = await repository.commit({ "a.txt": "1" });
    const second = await repository.commit({ "a.txt": "2" });
    const server = await serve();
    const code = sources();
    await code.checkout(request(`${server.origin}/web.git`), never);
    const mirror = join(directory, "sources", "mirrors", "service1.git");
    expect(await readFile(join(mirror, "shallow"), "utf8")).toBe(`${second}\n`);
    const count = server.requests.length;
    await code.checkout(request(`${server.origin}/web.git`, { key: OTHER_KEY, commitId: second }), never);
    expect(server.requests).toHaveLength(count);
    expect(first).not.toBe(second);
  });

  test("that was pushed over is followed; its old commit can still be had by its id", async () => {
    const old = await repository.commit({ "a.txt": "old" });
    const url = await webUrl();
    const code = sources();
    await code.checkout(request(url), never);
    await repository.git("update-ref", "-d", "refs/heads/main");
    const forced = await repository.commit({ "a.txt": "forced" });
    expect(await code.head(location(url), never)).toEqual({ commitId: forced });
    const checkout = await code.checkout(request(url, { key: OTHER_KEY }), never);
    expect(await readFile(join(checkout.directory, "a.txt"), "utf8")).toBe("forced");
    await code.discard(KEY);
    const again = await sources().checkout(request(url, { commitId: old }), never);
    expect(await readFile(join(again.directory, "a.txt"), "utf8")).toBe("old");
  });

  test("of a server that gives no commit by its id is fetched with its history", async () => {
    const old = await repository.commit({ "a.txt": "old" });
    await repository.commit({ "a.txt": "new" });
    // Protocol version 0, where the server says what may be asked for.
    const url = await webUrl({ environment: { GIT_PROTOCOL: "" } });
    const checkout = await sources().checkout(request(url, { commitId: old }), never);
    expect(await readFile(join(checkout.directory, "a.txt"), "utf8")).toBe("old");
  });

  test("that is missing is told from an empty repository", async () => {
    const url = await webUrl();
    await expectProblem(sources().head(location(url), never), "no-branch", /empty/);
    await expectProblem(sources().checkout(request(url), never), "no-branch", /empty/);
    await repository.commit({ a: "1" });
    await expectProblem(
      sources().head(location(url, { branch: "dev" }), never),
      "no-branch",
      /"dev".*"main"/,
    );
    await repository.commit({ a: "1" }, { branch: "dev/refs/heads/main" });
    await repository.git("update-ref", "-d", "refs/heads/main");
    await expectProblem(sources().head(location(url), never), "no-branch", /"main"/);
  });

  test.each(["--upload-pack=touch payload", "-x", "a..b", "a\nb"])("cannot be called %j", async (branch) => {
    const url = await webUrl();
    await expectProblem(sources().head(location(url, { branch }), never), "no-branch", /cannot be the name/);
    await expectProblem(
      sources().checkout(request(url, { branch }), never),
      "no-branch",
      /cannot be the name/,
    );
    expect(servers[0]?.requests).toEqual([]);
  });

  test("a commit that is gone is said to be gone", async () => {
    await repository.commit({ a: "1" });
    await expectProblem(
      sources().checkout(request(await webUrl(), { commitId: "1".repeat(40) }), never),
      "no-commit",
      /1111111 is not in|not in .* any more/,
    );
  });
});

describe("the default branch", () => {
  const place = (repositoryUrl: string): CodeLocation => location(repositoryUrl, { branch: "" });

  test("is the one that HEAD names, whatever it is called", async () => {
    await repository.commit({ a: "1" });
    await repository.commit({ a: "2" }, { branch: "release/2" });
    await repository.git("symbolic-ref", "HEAD", "refs/heads/release/2");
    const url = await webUrl();
    expect(await sources().branches(place(url), never)).toContain("release/2");
    expect(await sources().defaultBranch(place(url), never)).toBe("release/2");
    const hosted = sources({ hostedPath: () => repository.path });
    expect(await hosted.branches(place("slipway://web"), never)).toContain("release/2");
    expect(await hosted.defaultBranch(place("slipway://web"), never)).toBe("release/2");
  });

  test("keeps its name beside a tag of the same name", async () => {
    await repository.commit({ a: "1" });
    await repository.git("update-ref", "refs/tags/main", "refs/heads/main");
    expect(await sources().defaultBranch(place(await webUrl()), never)).toBe("main");
    const hosted = sources({ hostedPath: () => repository.path });
    expect(await hosted.defaultBranch(place("slipway://web"), never)).toBe("main");
  });

  test("is refused when nobody could name it", async () => {
    await repository.commit({ a: "1" }, { branch: "-x" });
    await repository.git("symbolic-ref", "HEAD", "refs/heads/-x");
    const message = /"-x" cannot be the name of a branch/;
    await expectProblem(sources().defaultBranch(place(await webUrl()), never), "no-branch", message);
    const hosted = sources({ hostedPath: () => repository.path });
    await expectProblem(hosted.defaultBranch(place("slipway://web"), never), "no-branch", message);
  });

  test("is the only one there is when HEAD names one that is not there, and no guess among several", async () => {
    await repository.commit({ a: "1" }, { branch: "trunk" });
    const url = await webUrl();
    const hosted = sources({ hostedPath: () => repository.path });
    expect(await sources().defaultBranch(place(url), never)).toBe("trunk");
    expect(await hosted.defaultBranch(place("slipway://web"), never)).toBe("trunk");
    await repository.commit({ a: "1" }, { branch: "dev" });
    const message = /no default branch. Name one: it has "dev", "trunk"/;
    await expectProblem(sources().defaultBranch(place(url), never), "no-branch", message);
    await expectProblem(hosted.defaultBranch(place("slipway://web"), never), "no-branch", message);
  });

  test("of an empty repository is missed", async () => {
    const url = await webUrl();
    await expectProblem(sources().defaultBranch(place(url), never), "no-branch", /empty: push to it first/);
  });
});

describe("a checkout", () => {
  test("that is complete is given back as it is, and several at once make one", async () => {
    await repository.commit({ a: "1" });
    const url = await webUrl();
    const code = sources();
    const [first, second] = await Promise.all([
      code.checkout(request(url), never),
      code.checkout(request(url), never),
    ]);
    expect(second).toEqual(first);
    await repository.commit({ a: "2" });
    expect(await sources().checkout(request(url), never)).toEqual(first);
    await code.discard(KEY);
    await code.discard(KEY);
    const later = await code.checkout(request(url), never);
    expect(await readFile(join(later.directory, "a"), "utf8")).toBe("2");
  });

  test("is whole as long as it has its name, also while it is removed", async () => {
    const files = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`f${at}`, "x"]));
    await repository.commit(files);
    const url = await webUrl();
    const code = sources();
    const { directory: tree } = await code.checkout(request(url), never);
    const removed = code.discard(KEY);
    const seen: number[] = [];
    await waitFor(
      async () =>
        !(await readdir(tree).then(
          ({ length }) => seen.push(length),
          () => false,
        )),
      {
        everyMs: 0,
      },
    );
    expect(seen.every((count) => count === 2_000)).toBe(true);
    await removed;
    expect(await readdir(join(directory, "sources", "partial"))).toEqual([]);
  });

  test("what a crash left is removed, and nothing that is in use; so is what a deleted service fetched", async () => {
    await repository.commit({ a: "1" });
    const url = await webUrl();
    const code = sources();
    await code.checkout(request(url), never);
    await code.checkout(request(url, { key: OTHER_KEY }), never);
    await mkdir(join(directory, "sources", "partial", `${KEY}-left`), { recursive: true });
    const mirror = join(directory, "sources", "mirrors", "service1.git");
    await writeFile(join(mirror, "shallow.lock"), "");
    await writeFile(join(mirror, "objects", "pack", "tmp_pack_left"), "x");
    await code.discardAllBut(new Set());
    expect((await readdir(join(directory, "sources", "checkouts"))).toSorted()).toEqual([KEY, OTHER_KEY]);
    await sources().discardAllBut(new Set([OTHER_KEY]));
    expect(await readdir(join(directory, "sources", "checkouts"))).toEqual([OTHER_KEY]);
    expect(await readdir(join(directory, "sources", "partial"))).toEqual([]);
    await repository.commit({ a: "2" });
    await code.checkout(request(url), never);
    expect(await readdir(join(mirror, "objects", "pack"))).not.toContain("tmp_pack_left");
    await code.forgetService({ id: "service1", name: "web", repositoryUrl: "https://git.example/web" });
    await code.forgetService({ id: "service1", name: "web", repositoryUrl: "https://git.example/web" });
    expect(await readdir(join(directory, "sources", "mirrors"))).toEqual([]);
  });

  test("leaves nothing but the tree for a service that keeps nothing, also when it fails or was killed", async () => {
    await repository.commit({ a: "a" });
    const url = await webUrl();
    const code = sources();
    const mirrors = join(directory, "sources", "mirrors");
    const found = await code.checkout(request(url, { isForgotten: true }), never);
    expect(await readdir(mirrors)).toEqual([]);
    await code.discard(KEY);
    expect(await readdir(join(directory, "sources", "checkouts"))).toEqual([]);
    const lost = request(url, { isForgotten: true, commitId: "1".repeat(40) });
    await expectProblem(code.checkout(lost, never), "no-commit", /not in/);
    expect(await readdir(mirrors)).toEqual([]);
    await mkdir(join(mirrors, "once-service1.git"));
    await mkdir(join(mirrors, "once-service1.modules"));
    await sources().discardAllBut(new Set());
    expect(await readdir(mirrors)).toEqual([]);
    expect(await code.checkout(request(url, { isForgotten: true }), never)).toEqual(found);
  });

  test("is made again when its mirror had to go", async () => {
    await repository.commit({ a: "1" });
    const url = await webUrl();
    const code = sources({ mirrorBytesMax: 0 });
    const first = await code.checkout(request(url), never);
    expect(await readdir(join(directory, "sources", "mirrors"))).toEqual([]);
    const again = await code.checkout(request(url, { key: OTHER_KEY, commitId: first.commit.id }), never);
    expect(await readFile(join(again.directory, "a"), "utf8")).toBe("1");
    await mkdir(join(directory, "sources", "mirrors", "detect-1.git"));
    await code.discardAllBut(new Set());
    expect(await readdir(join(directory, "sources", "mirrors"))).toEqual([]);
  });

  test("knows the tree of the source directory", async () => {
    const id = await repository.commit({ "services/web/app.js": "1", "docs/x": "1" });
    const url = await webUrl();
    const code = sources();
    const one = await code.checkout(request(url, { sourceDirectory: "/services/web" }), never);
    expect(one.sourceTreeId).toBe(await repository.git("rev-parse", `${id}:services/web`));
    await repository.commit({ "services/web/app.js": "1", "docs/x": "2" });
    const two = await code.checkout(
      request(url, { sourceDirectory: "/services/web", key: OTHER_KEY }),
      never,
    );
    expect(two.sourceTreeId).toBe(one.sourceTreeId);
  });

  test("of a directory that is missing, a file, or outside is refused", async () => {
    await repository.commit({ "services/web/app.js": "1" });
    const url = await webUrl();
    const ask = (sourceDirectory: string): Promise<unknown> =>
      sources().checkout(request(url, { sourceDirectory }), never);
    await expectProblem(ask("/nowhere"), "no-directory", /"\/nowhere"/);
    await expectProblem(ask("/services/web/app.js"), "no-directory", /app\.js/);
    await expectProblem(ask("../.."), "refused", /\.\.\/\.\./);
  });

  test("is what an ordinary checkout holds: line ends as the attributes say, and no filter runs", async () => {
    await repository.commit({
      ".gitattributes": "*.bat eol=crlf\n*.x filter=evil\n*.txt export-ignore export-subst ident\n",
      "run.bat": "a\nb\n",
      "a.x": "content",
      "a.txt": "$Format:%H$",
    });
    const { directory: tree } = await sources().checkout(request(await webUrl()), never);
    expect(await readFile(join(tree, "run.bat"), "utf8")).toBe("a\r\nb\r\n");
    expect(await readFile(join(tree, "a.x"), "utf8")).toBe("content");
    expect(await readFile(join(tree, "a.txt"), "utf8")).toBe("$Format:%H$");
  });

  test("keeps modes, and links within the tree", async () => {
    const script = await repository.blob("#!/bin/sh\n");
    const link = await repository.blob("../bin/run");
    const bin = await repository.tree(`100755 blob ${script}\trun`);
    const sub = await repository.tree(`120000 blob ${link}\tlink`);
    await repository.commitTree(await repository.tree(`040000 tree ${bin}\tbin`, `040000 tree ${sub}\tsub`));
    const { directory: tree } = await sources().checkout(request(await webUrl()), never);
    expect((await lstat(join(tree, "bin/run"))).mode & 0o111).not.toBe(0);
    expect(await readlink(join(tree, "sub/link"))).toBe("../bin/run");
  });
});

describe("a hostile repository", () => {
  test.each(["/etc/passwd", "../outside", "a/../../b"])("with a link to %s is refused", async (target) => {
    const link = await repository.blob(target);
    await repository.commitTree(await repository.tree(`120000 blob ${link}\tevil`));
    await expectProblem(sources().checkout(request(await webUrl()), never), "refused", /"evil"/);
  });

  test.each([".git", ".GIT", "git~1", ".git ", ".g\u200cit"])("with the name %j is refused", async (name) => {
    const file = await repository.blob("[core]\n\tfsmonitor = touch payload\n");
    const inner = await repository.tree(`100644 blob ${file}\tconfig`);
    await repository.commitTree(await repository.tree(`040000 tree ${inner}\t${name}`));
    const message = new RegExp(JSON.stringify(`${name}/config`).slice(1, -1), "u");
    await expectProblem(sources().checkout(request(await webUrl()), never), "refused", message);
  });

  test("with a file below a link of the same name is refused", async () => {
    const link = await repository.blob("x");
    const inner = await repository.tree(`100644 blob ${link}\tfile`);
    await repository.commitTree(await repository.tree(`120000 blob ${link}\ta`, `040000 tree ${inner}\ta`));
    await expectProblem(sources().checkout(request(await webUrl()), never), "refused", /./);
  });

  test("runs neither its hooks nor those of the machine's configuration", async () => {
    const payload = join(directory, "payload");
    const hook = join(repository.path, "hooks", "post-checkout");
    await writeFile(hook, `#!/bin/sh\ntouch ${payload}\n`);
    await chmod(hook, 0o700);
    await repository.commit({ "hooks/post-checkout": `#!/bin/sh\ntouch ${payload}\n`, config: "[core]\n" });
    const before = { ...process.env };
    process.env["GIT_CONFIG_COUNT"] = "1";
    process.env["GIT_CONFIG_KEY_0"] = "core.hooksPath";
    process.env["GIT_CONFIG_VALUE_0"] = join(repository.path, "hooks");
    try {
      const { directory: tree } = await sources().checkout(request(await webUrl()), never);
      expect(await readdir(tree)).toEqual(["config", "hooks"]);
    } finally {
      for (const name of ["COUNT", "KEY_0", "VALUE_0"]) delete process.env[`GIT_CONFIG_${name}`];
      Object.assign(process.env, before);
    }
    await expect(lstat(payload)).rejects.toThrow("ENOENT");
  });

  test("of too many bytes ends while it is fetched", async () => {
    const noise = Buffer.concat(
      Array.from({ length: 64 }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(65_536)))),
    );
    await repository.commit({ "big.bin": noise });
    const code = sources({ limits: { packBytes: 1024 ** 2 } });
    await expectProblem(
      code.checkout(request(await webUrl()), never),
      "too-large",
      /larger than 1 MiB.*Keep large files elsewhere/,
    );
    const packs = await readdir(join(directory, "sources/mirrors/service1.git/objects/pack"));
    expect(packs).toEqual([]);
  });

  test("whose files grow to too many bytes ends before they are written", async () => {
    await repository.commit({ "zeros.bin": Buffer.alloc(8 * 1024 ** 2) });
    const code = sources({ limits: { treeBytes: 4 * 1024 ** 2 } });
    await expectProblem(
      code.checkout(request(await webUrl()), never),
      "too-large",
      /take 8 MiB.*limit is 4 MiB/,
    );
  });

  test("of too many files, and a tree of trees without end, is too large", async () => {
    const file = await repository.blob("x");
    await repository.commitTree(
      await repository.tree(...["a", "b", "c"].map((name) => `100644 blob ${file}\t${name}`)),
    );
    const url = await webUrl();
    await expectProblem(
      sources({ limits: { files: 2 } }).checkout(request(url), never),
      "too-large",
      /3 files.*limit is 2/,
    );
    let tree = await repository.tree(`100644 blob ${file}\tx`);
    for (let level = 0; level < 8; level++) {
      const names = Array.from({ length: 10 }, (_, index) => `040000 tree ${tree}\t${index}`);
      tree = await repository.tree(...names);
    }
    await repository.commitTree(tree);
    await expectProblem(sources().checkout(request(url), never), "too-large", /too many/);
  });
});

describe("a host", () => {
  test("that is down is unreachable", async () => {
    const server = await serve();
    const url = `${server.origin}/web.git`;
    await server[Symbol.asyncDispose]();
    servers = [];
    await expectProblem(sources().head(location(url), never), "unreachable", /did not answer/);
    const unknown = location("https://nowhere.invalid/x.git");
    await expectProblem(sources().head(unknown, never), "unreachable", /nowhere\.invalid/);
  });

  test("that fails, or breaks off, is unreachable", async () => {
    await repository.commit({ a: "1" });
    const failing = await webUrl({ answer: (_request, response) => response.writeHead(503).end() !== null });
    await expectProblem(sources().head(location(failing), never), "unreachable", /did not answer/);
    const breaking = await webUrl({
      answer: (request) => request.method === "POST" && request.socket.destroy() !== null,
    });
    await expectProblem(sources().checkout(request(breaking), never), "unreachable", /did not answer/);
  });

  test("that never answers ends at the deadline, and its git with it", async () => {
    const server = await serve({ answer: () => true });
    const code = sources({ limits: { headTimeMs: 500, timeMs: 500 } });
    const url = `${server.origin}/web.git`;
    await expectProblem(code.head(location(url), never), "unreachable", /within/);
    await expectProblem(code.checkout(request(url), never), "unreachable", /within/);
    const running = async (): Promise<readonly string[]> => {
      const commands = (await readdir("/proc"))
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
      return (await Promise.all(commands)).filter((command) => command.includes(server.origin));
    };
    await waitFor(async () => (await running()).length === 0, { what: "the end of git" });
  });

  test("is left at once on abort", async () => {
    const server = await serve({ answer: () => true });
    const controller = new AbortController();
    const asking = sources().head(location(`${server.origin}/web.git`), controller.signal);
    const aborted = waitFor(() => server.requests.length > 0).then(() =>
      controller.abort(new Error("enough")),
    );
    await expect(asking).rejects.toThrow("enough");
    await aborted;
  });

  test("without such a repository says so", async () => {
    await expectProblem(
      sources().head(location(`${(await serve()).origin}/none.git`), never),
      "not-found",
      /none/,
    );
  });

  test("within the same origin may redirect, to another it may not", async () => {
    const id = await repository.commit({ a: "1" });
    const other = await serve();
    let target = "";
    const server = await serve({
      login: "me:sesame",
      answer: (request, response) => {
        if (request.url?.startsWith("/old") !== true) return false;
        response.writeHead(301, { location: request.url.replace("/old", `${target}/web`) }).end();
        return true;
      },
    });
    const plain = await serve({
      answer: (request, response) => {
        if (request.url?.startsWith("/old") !== true) return false;
        response.writeHead(301, { location: request.url.replace("/old", "/web") }).end();
        return true;
      },
    });
    expect(await sources().head(location(`${plain.origin}/old.git`), never)).toEqual({ commitId: id });
    target = other.origin;
    const credential = password(server.origin, "me", "sesame");
    const asked = sources({ credential }).head(
      location(`${server.origin}/old.git`, { connectionArn: "arn" }),
      never,
    );
    await expectProblem(asked, "address", /another host|leads/);
    expect(other.requests).toEqual([]);
  });

  test("must be one we may talk to", async () => {
    const metadata = location("http://169.254.169.254/latest.git");
    await expectProblem(sources().head(metadata, never), "address", /169\.254\.169\.254/);
    const server = await serve();
    const ownPorts = [Number(new URL(server.origin).port)];
    await expectProblem(
      sources({ ownPorts }).head(location(`${server.origin}/web.git`), never),
      "address",
      /not a place/,
    );
    const encrypted = sources({ allowPlainHttp: false });
    await expectProblem(
      encrypted.head(location(`${server.origin}/web.git`), never),
      "address",
      /not encrypted/,
    );
    for (const local of [repository.path, `file://${repository.path}`, `ext::cat ${repository.path}`])
      await expectProblem(sources().head(location(local), never), "address", /cannot be used/);
    expect(server.requests).toEqual([]);
  });
});

function password(origin: string, username: string, secret: string): GitCredential {
  return { kind: "password", origin, username, password: secret };
}

describe("a password", () => {
  test.each([
    ["me", "sesame"],
    ["me@example.test", "a 'b\" $(c) \\ ü"],
    ["x-access-token", `ghp_${"a".repeat(200)}`],
  ])("of %s is given to the host it is meant for", async (user, secret) => {
    const id = await repository.commit({ a: "1" });
    const server = await serve({ login: `${user}:${secret}` });
    const code = sources({ credential: password(server.origin, user, secret) });
    const place = location(`${server.origin}/web.git`, { connectionArn: "arn" });
    expect(await code.head(place, never)).toEqual({ commitId: id });
    await code.checkout({ key: KEY, commitId: null, location: place }, never);
    const files = await readdir(join(directory, "sources"), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile()))
      expect(await readFile(join(file.parentPath, file.name), "latin1")).not.toContain(secret);
  });

  test("that is wrong, or missing, is said to be, without a word of it", async () => {
    const server = await serve({ login: "me:sesame" });
    const url = `${server.origin}/web.git`;
    const wrong = sources({ credential: password(server.origin, "me", "oysters") });
    await expectProblem(
      wrong.head(location(url, { connectionArn: "arn" }), never),
      "unauthorized",
      /^(?!.*oysters).*credentials/,
    );
    await expectProblem(sources().head(location(url), never), "unauthorized", /credentials/);
  });

  test("is shown to no other host", async () => {
    const server = await serve({ login: "me:sesame" });
    const credential = password("https://other.test", "me", "sesame");
    const place = location(`${server.origin}/web.git`, { connectionArn: "arn" });
    await expectProblem(sources({ credential }).head(place, never), "unauthorized", /credentials/);
    expect(server.requests.every(({ authorization }) => authorization === undefined)).toBe(true);
  });
});

describe("submodules", () => {
  async function withSubmodule(
    url: string,
    options: { readonly path?: string; readonly extra?: string } = {},
  ): Promise<TestRepository> {
    const lib = await TestRepository.create(join(directory, "repositories", "lib.git"));
    const commit = await lib.commit({ "lib.js": "lib" });
    const { path = "lib", extra = "" } = options;
    const file = await repository.blob(`[submodule "lib"]\n\tpath = ${path}\n\turl = ${url}\n${extra}`);
    await repository.commitTree(
      await repository.tree(`100644 blob ${file}\t.gitmodules`, `160000 commit ${commit}\tlib`),
    );
    return lib;
  }

  test("are fetched, by relative addresses too, with the credentials of the same origin", async () => {
    await withSubmodule("../lib.git");
    const server = await serve({ login: "me:sesame" });
    const code = sources({ credential: password(server.origin, "me", "sesame") });
    const { directory: tree } = await code.checkout(
      request(`${server.origin}/web.git`, { connectionArn: "arn" }),
      never,
    );
    expect(await readFile(join(tree, "lib/lib.js"), "utf8")).toBe("lib");
    expect(await readdir(join(tree, "lib"))).toEqual(["lib.js"]);
  });

  test("on another host get no credentials", async () => {
    const other = await serve({ login: "me:sesame" });
    await withSubmodule(`${other.origin}/lib.git`);
    const server = await serve({ login: "me:sesame" });
    const code = sources({ credential: password(server.origin, "me", "sesame") });
    await expectProblem(
      code.checkout(request(`${server.origin}/web.git`, { connectionArn: "arn" }), never),
      "unauthorized",
      /Submodule "lib"/,
    );
    expect(other.requests.map(({ authorization }) => authorization)).toEqual(
      other.requests.map(() => undefined),
    );
  });

  test.each(["ext::touch payload", "-u./payload", "/etc", "file:///etc", "../../../x"])(
    "at %s are refused",
    async (url) => {
      await withSubmodule(url);
      await expectProblem(sources().checkout(request(await webUrl()), never), "refused", /./);
    },
  );

  test("with a command for their update are refused", async () => {
    await withSubmodule("../lib.git", { extra: "\tupdate = !touch payload\n" });
    await expectProblem(sources().checkout(request(await webUrl()), never), "refused", /./);
  });

  test("with the path of an option are refused", async () => {
    await withSubmodule("../lib.git", { path: "-u./payload" });
    await expectProblem(sources().checkout(request(await webUrl()), never), "refused", /./);
  });

  test("may not lead out by links, and not go on without end", async () => {
    const lib = await withSubmodule("../lib.git");
    const url = await webUrl();
    await expectProblem(
      sources({ limits: { submodules: 0 } }).checkout(request(url), never),
      "too-large",
      /submodule/,
    );
    const link = await lib.blob("../../outside");
    const commit = await lib.commitTree(await lib.tree(`120000 blob ${link}\tevil`));
    const file = await repository.blob('[submodule "lib"]\n\tpath = lib\n\turl = ../lib.git\n');
    const inside = await lib.blob("../web.txt");
    await repository.commitTree(
      await repository.tree(`100644 blob ${file}\t.gitmodules`, `160000 commit ${commit}\tlib`),
    );
    await expectProblem(sources().checkout(request(url), never), "refused", /lib\/evil/);
    const fine = await lib.commitTree(await lib.tree(`120000 blob ${inside}\tlink`));
    await repository.commitTree(
      await repository.tree(`100644 blob ${file}\t.gitmodules`, `160000 commit ${fine}\tlib`),
    );
    const { directory: tree } = await sources().checkout(request(url), never);
    expect(await readlink(join(tree, "lib/link"))).toBe("../web.txt");
  });

  test("without an address stay empty", async () => {
    const lib = await withSubmodule("../lib.git");
    const commit = await lib.git("rev-parse", "main");
    await repository.commitTree(await repository.tree(`160000 commit ${commit}\tlib`));
    const { directory: tree } = await sources().checkout(request(await webUrl()), never);
    expect(await readdir(join(tree, "lib"))).toEqual([]);
  });
});

describe("files in Git LFS", () => {
  const content = "a large file";
  const oid = createHash("sha256").update(content).digest("hex");
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;

  async function lfsServer(
    reply: { readonly body?: string; readonly hasObject?: boolean } = {},
  ): Promise<GitServer> {
    const { body = content, hasObject = true } = reply;
    await repository.commit({
      ".gitattributes": "*.bin filter=lfs diff=lfs -text\n",
      "a.bin": pointer,
      "b.txt": pointer,
    });
    const store = await serve({
      answer: (request, response) => {
        const isPermitted =
          request.headers["x-ticket"] === "yes" && request.headers.authorization === undefined;
        response.writeHead(isPermitted ? 200 : 403).end(body);
        return true;
      },
    });
    const download = { href: `${store.origin}/object`, header: { "x-ticket": "yes" } };
    return serve({
      login: "me:sesame",
      answer: (request, response) => {
        if (request.url !== "/web.git/info/lfs/objects/batch") return false;
        const object = hasObject
          ? { oid, size: 1, actions: { download } }
          : { oid, size: 1, error: { code: 404 } };
        response.writeHead(200).end(JSON.stringify({ objects: [object] }));
        return true;
      },
    });
  }

  async function checkOut(server: GitServer, limits = {}): Promise<string> {
    const code = sources({ credential: password(server.origin, "me", "sesame"), limits });
    return (await code.checkout(request(`${server.origin}/web.git`, { connectionArn: "arn" }), never))
      .directory;
  }

  test("are fetched from the LFS server, other pointers stay what they are", async () => {
    const tree = await checkOut(await lfsServer());
    expect(await readFile(join(tree, "a.bin"), "utf8")).toBe(content);
    expect(await readFile(join(tree, "b.txt"), "utf8")).toBe(pointer);
    expect((await readdir(tree)).sort()).toEqual([".gitattributes", "a.bin", "b.txt"]);
  });

  test("that are missing, false, too long or too short are refused", async () => {
    await expectProblem(checkOut(await lfsServer({ hasObject: false })), "no-commit", /"a\.bin"/);
    await expectProblem(checkOut(await lfsServer({ body: "a large fake" })), "refused", /"a\.bin".*digest/);
    await expectProblem(checkOut(await lfsServer({ body: "more than announced" })), "refused", /"a\.bin"/);
    await expectProblem(checkOut(await lfsServer({ body: "less" })), "refused", /"a\.bin"/);
  });

  test("count towards the limit", async () => {
    await repository.commit({
      ".gitattributes": "*.bin filter=lfs\n",
      "a.bin": pointer.replace(/size \d+/, "size 99999999999"),
    });
    await expectProblem(
      sources().checkout(request(await webUrl()), never),
      "too-large",
      /or more; the limit is/,
    );
  });

  test("on a host without LFS are said to be missing", async () => {
    await repository.commit({ ".gitattributes": "*.bin filter=lfs\n", "a.bin": pointer });
    await expectProblem(sources().checkout(request(await webUrl()), never), "not-found", /LFS/);
  });
});

describe("a repository that Slipway hosts", () => {
  test("is read by its path", async () => {
    const id = await repository.commit({ a: "1" });
    const code = sources({
      hostedPath: (url) => (url === "http://slipway/git/web.git" ? repository.path : null),
      removeHosted: async () => undefined,
    });
    const url = "http://slipway/git/web.git";
    expect(await code.head(location(url), never)).toEqual({ commitId: id });
    const checkout = await code.checkout(request(url), never);
    expect(checkout.commit.id).toBe(id);
    expect(await readFile(join(checkout.directory, "a"), "utf8")).toBe("1");
    await code.discard(KEY);
    await expectProblem(code.head(location(url, { branch: "dev" }), never), "no-branch", /"main"/);
    await expectProblem(
      code.checkout(request(url, { commitId: "1".repeat(40) }), never),
      "no-commit",
      /1111111/,
    );
    await rm(repository.path, { recursive: true });
    await expectProblem(code.head(location(url), never), "not-found", /slipway/);
    await expectProblem(code.checkout(request(url, { commitId: id }), never), "no-commit", /any more/);
  });
});
