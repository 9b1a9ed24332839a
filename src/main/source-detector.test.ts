import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Runtime } from "../domain/runtime.ts";
import { FakeSourceCode } from "../ports/fake-source-code.ts";
import type { Checkout, CheckoutRequest } from "../ports/source-code.ts";
import { RepositorySourceDetector } from "./source-detector.ts";

const KEY = "a".repeat(32);
const URL = "https://git.example.com/shop.git";
const signal = new AbortController().signal;

/** A machine without PHP 8.3 and 8.4. */
const catalogue = {
  whyUnavailable: async ({ name }: Runtime) => (/^PHP_8[34]$/.test(name) ? `${name} cannot be had.` : null),
};

/** Checks out one real directory. */
class OneDirectory extends FakeSourceCode {
  readonly directory: string;
  constructor(directory: string) {
    super();
    this.directory = directory;
  }
  override async checkout(request: CheckoutRequest): Promise<Checkout> {
    return { ...(await super.checkout(request)), directory: this.directory };
  }
}

async function detect(
  branchThere: string,
  files: Readonly<Record<string, string>>,
  branch: string | null = null,
  showsFile = false,
) {
  const directory = await mkdtemp(join(tmpdir(), "slipway-detect-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    const sources = new OneDirectory(directory);
    sources.push(URL, branchThere);
    const detector = new RepositorySourceDetector(sources, { hex32: () => KEY }, catalogue);
    const request = { repositoryUrl: URL, branch, sourceDirectory: "/", connectionArn: null, showsFile };
    const found = await detector.detect(request, signal).catch((error: unknown) => error);
    return { found, sources };
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("an application is recognized, and nothing that was fetched for it stays", async () => {
  const { found, sources } = await detect("main", {
    "package.json": '{"scripts":{"start":"node server.js"}}',
    "package-lock.json": '{"lockfileVersion":3}',
  });
  expect(found).toMatchObject({ branch: "main", build: { kind: "runtime", port: "8080" } });
  expect(sources.checkouts.size).toBe(0);
  expect(sources.calls.at(-1)).toBe(`forget detect-${KEY}`);
});

test("a runtime is suggested that this machine can have", async () => {
  const { found } = await detect("main", { "index.php": "<?php" });
  expect(found).toMatchObject({ build: { kind: "runtime", runtime: "PHP_82" } });
});

test("without a branch the repository's default one is taken", async () => {
  expect((await detect("trunk", { Dockerfile: "FROM scratch" })).found).toMatchObject({
    branch: "trunk",
    build: { kind: "dockerfile", path: "Dockerfile" },
  });
});

test("only so many repositories are looked into at once, and room comes back", async () => {
  const held = Promise.withResolvers<never>();
  const sources = new FakeSourceCode();
  sources.checkout = () => held.promise;
  const detector = new RepositorySourceDetector(sources, { hex32: () => KEY }, catalogue);
  const place = { repositoryUrl: URL, branch: "main", sourceDirectory: "/", connectionArn: null };
  const request = { ...place, showsFile: false };
  const running = Array.from({ length: 4 }, () => detector.detect(request, signal));
  await expect(detector.detect(request, signal)).rejects.toThrow("4 other repositories");
  held.reject(new Error("gone"));
  await Promise.allSettled(running);
  await expect(detector.detect(request, signal)).rejects.toThrow("gone");
});

const FILE = "version: 1.0\nruntime: nodejs22\nrun:\n  command: node a.js\n";

test("the branch that is named is the one that is looked at", async () => {
  const { found } = await detect("trunk", { "apprunner.yaml": FILE }, "trunk");
  expect(found).toMatchObject({ branch: "trunk", build: { kind: "apprunner-file" } });
});

test("a file that no build would take is an error, unless it shall be shown with what is wrong in it", async () => {
  const files = { "apprunner.yaml": `${FILE}  portt: 80\n` };
  expect((await detect("main", files)).found).toMatchObject({ problem: "configuration" });
  expect((await detect("main", files, null, true)).found).toMatchObject({
    build: { kind: "apprunner-file" },
    file: {
      path: "apprunner.yaml",
      text: files["apprunner.yaml"],
      problems: [{ at: { line: 5, column: 3 }, text: expect.stringContaining("unknown key") }],
    },
  });
  const right = await detect("main", { "apprunner.yaml": FILE }, null, true);
  expect(right.found).toMatchObject({ file: { text: FILE, problems: [] } });
  expect((await detect("main", { Dockerfile: "FROM scratch" }, null, true)).found).toMatchObject({
    file: null,
  });
});
