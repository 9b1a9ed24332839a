/** A folder in, a URL out, with the command line; then `git push`, going back, and a build that fails. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Installation } from "../support/installation.ts";

/** The first build of a runtime may have to put its base image together. */
const FIRST_BUILD_MS = 8 * 60_000;
const BUILD_MS = 2 * 60_000;
const EXAMPLE = resolve(import.meta.dirname, "../../examples/node");

const run = promisify(execFile);
let slipway: Installation;
let top: string;
let folder: string;
let url: string;

beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), "slipway-folder-"));
  folder = join(top, "shop");
  cpSync(EXAMPLE, folder, { recursive: true });
  slipway = await Installation.create();
  await slipway.start();
});

afterAll(async () => {
  await slipway.remove();
  rmSync(top, { recursive: true });
});

const body = async () => (await slipway.fetch(new URL(url).host)).body;

function greet(directory: string, word: string): void {
  const path = join(directory, "server.js");
  writeFileSync(path, readFileSync(join(EXAMPLE, "server.js"), "utf8").replaceAll("Hello", word));
}

async function git(directory: string, ...words: readonly string[]): Promise<string> {
  const { accessKeyId, secretAccessKey } = slipway.credentials();
  const basic = Buffer.from(`${accessKeyId}:${secretAccessKey}`).toString("base64");
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  const { stderr } = await run("git", ["-C", directory, ...identity, ...words], {
    env: {
      ...process.env,
      LC_ALL: "C",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "http.extraHeader",
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    },
  });
  return stderr;
}

it("deploys a folder that is no repository", { timeout: FIRST_BUILD_MS }, async () => {
  url = (await slipway.slipway(["deploy", folder, "--name", "shop"], { timeoutMs: FIRST_BUILD_MS })).trim();
  expect(url).toMatch(/^http:\/\//);
  expect(await body()).toContain("Hello");
});

it("deploys what has changed in it since", { timeout: BUILD_MS }, async () => {
  greet(folder, "Moin");
  await slipway.slipway(["deploy", folder, "--name", "shop"], { timeoutMs: BUILD_MS });
  expect(await body()).toContain("Moin");
});

it("deploys a push, and tells the pusher", { timeout: BUILD_MS }, async () => {
  const clone = join(top, "clone");
  await git(top, "clone", "--quiet", `${slipway.info()["ApiEndpoint"]}/git/shop.git`, clone);
  greet(clone, "Servus");
  await git(clone, "commit", "--quiet", "--all", "-m", "Another greeting");
  expect(await git(clone, "push", "origin", "main")).toContain(`remote: shop is deployed: ${url}`);
  expect(await body()).toContain("Servus");
});

it("goes back to the release before", { timeout: BUILD_MS }, async () => {
  await slipway.slipway(["rollback", "shop"], { timeoutMs: BUILD_MS });
  expect(await body()).toContain("Moin");
  expect(await slipway.slipway(["releases", "shop"])).toMatch(/in traffic.*rollback to 2/);
});

it(
  "ends with the cause when the build fails, and what ran before runs on",
  { timeout: BUILD_MS },
  async () => {
    const options = [
      "--runtime",
      "NODEJS_22",
      "--start",
      "node server.js",
      "--build",
      "echo no luck && exit 3",
    ];
    const failed = slipway.slipway(["deploy", folder, "--name", "shop", ...options], { timeoutMs: BUILD_MS });
    await expect(failed).rejects.toThrow(/failed with exit code 3/);
    expect(await body()).toContain("Moin");
  },
);
