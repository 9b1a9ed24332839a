import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

const above = mkdtempSync(join(tmpdir(), "slipway-console-"));
/** Also where the installation lies below a folder of this name. */
const directory = join(above, "assets", "console");
let bare: TestApi;
let api: TestApi;

beforeAll(async () => {
  mkdirSync(join(directory, "assets"), { recursive: true });
  writeFileSync(join(directory, "assets", "page-1a2b.js"), "0;");
  writeFileSync(join(directory, ".hidden"), "hidden");
  writeFileSync(join(above, "assets", "secret"), "secret");
  writeFileSync(join(directory, "index.html"), "<!doctype html><title>Console</title>");
  bare = await startTestApi();
  api = await startTestApi({ consoleDirectory: directory });
});

afterAll(async () => {
  await bare.close();
  await api.close();
  rmSync(above, { recursive: true });
});

const get = ({ endpoint }: TestApi, path: string, accept: string) =>
  fetch(`${endpoint}${path}`, { headers: { accept }, redirect: "manual" });

test("browsers are led to the console, by ways that a proxy's path stays in", async () => {
  for (const path of ["/", "/sign-in"]) {
    const reply = await get(api, path, "text/html,application/xhtml+xml");
    expect([reply.status, reply.headers.get("location")]).toEqual([302, "console/"]);
  }
  const page = await fetch(`${api.endpoint}/sign-in`);
  expect(page.url).toBe(`${api.endpoint}/console/`);
  expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'.*frame-ancestors 'none'/);
});

test("programs, and browsers where there is no console, are told how to use this address", async () => {
  const program = await get(api, "/", "*/*");
  expect([program.status, await program.text()]).toEqual([200, expect.stringContaining("--endpoint-url")]);
  const browser = await get(bare, "/", "text/html");
  expect([browser.status, await browser.text()]).toEqual([
    200,
    expect.stringContaining("without the console"),
  ]);
  expect((await get(bare, "/sign-in", "text/html")).headers.get("location")).toBe("./");
});

test("files with a hash in their names are kept for ever, and the page is asked for each time", async () => {
  const page = await get(api, "/console/", "*/*");
  const asset = await get(api, "/console/assets/page-1a2b.js", "*/*");
  expect([page.headers.get("cache-control"), asset.headers.get("cache-control")]).toEqual([
    "no-cache",
    "public, max-age=31536000, immutable",
  ]);
  expect(asset.headers.get("x-content-type-options")).toBe("nosniff");
  const known = { "if-none-match": page.headers.get("etag") ?? "" };
  expect((await raw("/console/", known)).status).toBe(304);
});

test.for([
  "/console/..%2fsecret",
  "/console/%2e%2e/secret",
  "/console/..%5csecret",
  "/console/.hidden",
  "/console/assets/",
])("what is no file of the console is not there: %s", async (path) => {
  const { status, text: told } = await raw(path);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(told).not.toMatch(/secret|hidden|page-1a2b/);
});

/** As it is written: `fetch` would straighten the path, and send headers of its own. */
async function raw(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const asked = request(api.endpoint, { path, headers }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return { status: response.statusCode ?? 0, text: await text(response) };
}
