import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GitCredential } from "../../ports/git-credentials.ts";
import type { CodeLocation } from "../../ports/source-code.ts";
import { startSshServer, type SshServer } from "../testing/ssh-server.ts";
import { temporaryDirectory, TestRepository } from "../testing/test-repository.ts";
import { GitSourceCode } from "./git-source-code.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const never = new AbortController().signal;
let directory: string;
let server: SshServer;
let repository: TestRepository;
let commitId: string;

beforeEach(async () => {
  directory = await temporaryDirectory();
  server = await startSshServer(join(directory, "ssh"));
  repository = await TestRepository.create(join(directory, "web.git"));
  commitId = await repository.commit({ a: "1" });
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

function sources(changes: Partial<GitCredential & { readonly kind: "ssh-key" }> = {}): GitSourceCode {
  const { privateKey } = server;
  const host = `127.0.0.1:${server.port}`;
  const credential: GitCredential = { kind: "ssh-key", privateKey, host, knownHosts: null, ...changes };
  return new GitSourceCode({
    directory: join(directory, "sources of code"),
    credentials: { forConnection: () => Promise.resolve(credential) },
    hostedPath: () => null,
    removeHosted: async () => undefined,
    allowPlainHttp: false,
    ownPorts: [],
  });
}

function location(changes: Partial<CodeLocation> = {}): CodeLocation {
  const repositoryUrl = `ssh://${server.user}@127.0.0.1:${server.port}${repository.path}`;
  return {
    serviceId: "service1",
    repositoryUrl,
    branch: "main",
    sourceDirectory: "/",
    connectionArn: "arn",
    ...changes,
  };
}

test("a key opens its host, and no file of it stays", async () => {
  const code = sources();
  expect(await code.head(location(), never)).toEqual({ commitId });
  const checkout = await code.checkout({ key: KEY, commitId: null, location: location() }, never);
  expect(await readFile(join(checkout.directory, "a"), "utf8")).toBe("1");
  expect(await readdir(join(directory, "sources of code", "private"))).toEqual([]);
});

test("a key that a killed process left goes, one in use stays", async () => {
  const code = sources();
  const left = join(directory, "sources of code", "private", "ssh-left");
  await mkdir(left, { recursive: true });
  await writeFile(join(left, "key"), "secret");
  const heads = [code.head(location(), never), code.head(location(), never)];
  await code.discardAllBut(new Set());
  expect(await Promise.all(heads)).toEqual([{ commitId }, { commitId }]);
  expect(await readdir(join(directory, "sources of code", "private"))).toEqual([]);
});

test("a key that is wrong, broken, missing or of another host is unauthorized", async () => {
  const other = join(directory, "other");
  await startSshServer(other).then((unused) => unused[Symbol.asyncDispose]());
  const privateKey = await readFile(join(other, "user"), "utf8");
  for (const changes of [{ privateKey }, { privateKey: "no key" }, { host: "github.com:22" }])
    await expect(sources(changes).head(location(), never)).rejects.toMatchObject({ problem: "unauthorized" });
  const withoutKey = sources().head(location({ connectionArn: null }), never);
  await expect(withoutKey).rejects.toMatchObject({ problem: "unauthorized" });
});

test("the key of a host is kept at first use, and another one is refused from then on", async () => {
  await sources().head(location(), never);
  const learnt = join(directory, "sources of code", "known-hosts", `127.0.0.1_${server.port}`);
  const text = await readFile(learnt, "utf8");
  expect(text).toContain("ssh-ed25519");
  await writeFile(learnt, text.replace(/AAAA\S+/, await otherHostKey()));
  await expect(sources().head(location(), never)).rejects.toMatchObject({ problem: "refused" });
});

test("given known hosts decide", async () => {
  expect(await sources({ knownHosts: server.hostKeyLine }).head(location(), never)).toEqual({ commitId });
  const other = server.hostKeyLine.replace(/AAAA\S+/, await otherHostKey());
  await expect(sources({ knownHosts: other }).head(location(), never)).rejects.toMatchObject({
    problem: "refused",
  });
  await expect(sources({ knownHosts: "" }).head(location(), never)).rejects.toMatchObject({
    problem: "refused",
  });
});

test("a repository that does not exist, and a host that is down, are told apart", async () => {
  const missing = location({ repositoryUrl: `ssh://${server.user}@127.0.0.1:${server.port}/nowhere.git` });
  await expect(sources().head(missing, never)).rejects.toMatchObject({ problem: "not-found" });
  await server[Symbol.asyncDispose]();
  await expect(sources().head(location(), never)).rejects.toMatchObject({ problem: "unreachable" });
});

async function otherHostKey(): Promise<string> {
  const other = await startSshServer(join(directory, "ssh"), "other-host");
  await other[Symbol.asyncDispose]();
  return other.hostKeyLine.split(" ")[2] ?? "";
}
