/** `bin/slipway.js` on machines of all sorts: copied into a checkout of its own, with a stand-in for the bundle. */
import { execFile, spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HEAP_FLAGS } from "../src/main/process-control.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "slipway-launcher-"));
  cpSync(join(import.meta.dirname, "..", "bin"), join(root, "bin"), { recursive: true });
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function bundle(code: string): void {
  mkdirSync(join(root, "dist"));
  writeFileSync(join(root, "dist", "slipway.mjs"), code);
}

function bringNode(): void {
  const directory = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin");
  mkdirSync(directory, { recursive: true });
  symlinkSync(process.execPath, join(directory, "node"));
}

/** Makes this Node say it is an old one. Only this process: what the launcher starts says the truth. */
const OLD =
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})";

function launch(args: readonly string[], nodeArgs: readonly string[] = []) {
  return spawn(process.execPath, [...nodeArgs, join(root, "bin", "slipway.js"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function run(args: readonly string[], nodeArgs: readonly string[] = []) {
  const child = launch(args, nodeArgs);
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { out, err, exitCode };
}

const ECHO =
  "console.log(JSON.stringify(process.argv.slice(2)), process.versions.node); process.exitCode = 3;";

test("runs the bundle, with its arguments and its exit code", async () => {
  bundle(ECHO);
  expect(await run(["ls", "a b"])).toEqual({
    out: `["ls","a b"] ${process.versions.node}\n`,
    err: "",
    exitCode: 3,
  });
});

test("an old Node hands over to the one of node_modules", async () => {
  bundle(ECHO);
  bringNode();
  expect(await run(["ls"], ["--import", OLD])).toEqual({
    out: `["ls"] ${process.versions.node}\n`,
    err: "",
    exitCode: 3,
  });
});

test("our option --env-file is not Node's", async () => {
  bundle(ECHO);
  bringNode();
  expect(await run(["--env-file", "/nowhere"], ["--import", OLD, "--"])).toMatchObject({
    out: expect.stringContaining('["--env-file","/nowhere"]'),
    err: "",
  });
  expect(readFileSync(join(root, "bin", "slipway.js"), "utf8")).toMatch(/^#!\/usr\/bin\/env -S node .*--\n/);
});

test("the control plane finds the code that the command line has compiled", async () => {
  bundle(`process.stdout.write(process.execArgv.join(" "));`);
  const program = join(root, "bin", "slipway.js");
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  const { stdout } = await promisify(execFile)(program, [], { env });
  expect(stdout).toBe(HEAP_FLAGS.join(" "));
  await run([], HEAP_FLAGS);
  expect(readdirSync(join(root, "dist", ".compile-cache"))).toHaveLength(1);
});

test("an old Node hands its successor the flags of the control plane", async () => {
  bundle(`process.stdout.write(process.execArgv.join(" "));`);
  bringNode();
  expect((await run([], ["--import", OLD])).out).toBe(HEAP_FLAGS.join(" "));
});

test("signals reach the bundle, and its death is told like a shell tells it", async () => {
  bundle(
    'process.on("SIGTERM", () => { console.log("told"); process.kill(process.pid, "SIGKILL"); }); setInterval(() => {}, 1000); console.log("ready");',
  );
  bringNode();
  const child = launch([], ["--import", OLD]);
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  let out = "";
  child.stdout.on("data", (part: Buffer) => {
    if (out === "") child.kill("SIGTERM");
    out += part.toString();
  });
  expect(await exited).toBe(137);
  expect(out).toBe("ready\ntold\n");
});

test("without a build, or without a Node, it says what to run", async () => {
  expect(await run([])).toEqual({
    out: "",
    err: "error: Slipway is not built yet.\n→ Run `npm ci && npm run build`.\n",
    exitCode: 1,
  });
  bundle(ECHO);
  expect(await run([], ["--import", OLD])).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("needs Node 24.15"),
  });
});
