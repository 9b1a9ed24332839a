#!/usr/bin/env -S node --max-semi-space-size=1 --expose-gc --
// Starts dist/slipway.mjs with a Node that is new enough, whichever Node this file was started with (20 on older
// systems). Plain JavaScript without dependencies, because it must run before anything is built.
// The flags in the line above are the control plane's (src/main/process-control.ts): compiled code is only found by a Node
// that was started with the same, and one that compiles all itself stays 25 MB larger.
// `--` in the line above and in runWith: else Node reads the file of our own option --env-file, and obeys NODE_OPTIONS in it.
import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import * as module from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const OLDEST = [24, 15];
const HEAP_FLAGS = ["--max-semi-space-size=1", "--expose-gc"];
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bundle = join(root, "dist", "slipway.mjs");

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function fail(message, hint) {
  process.stderr.write(`error: ${message}\n→ ${hint}\n`);
  process.exitCode = 1;
}

/** Here, and up the tree as Node itself looks for packages: as a dependency we are not at the top. */
function findNode() {
  const name = join("node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  for (let directory = root; ; directory = dirname(directory)) {
    const candidate = join(directory, name);
    if (existsSync(candidate)) return candidate;
    if (directory === dirname(directory)) return null;
  }
}

/** The same command line under another Node: signals go to it, its end is ours. */
function runWith(node) {
  const child = spawn(node, [...HEAP_FLAGS, "--", fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => fail(`${node} cannot be started (${error.message}).`, "Run `npm ci`."));
  child.once("exit", (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

async function main() {
  if (!existsSync(bundle)) return fail("Slipway is not built yet.", "Run `npm ci && npm run build`.");
  if (!isNewEnough(process.versions.node)) {
    const node = findNode();
    if (node !== null) return runWith(node);
    return fail(
      `Slipway needs Node ${OLDEST.join(".")} or newer; this is ${process.versions.node}.`,
      "Run `npm ci`, which brings one, or install a newer Node.",
    );
  }
  // Beside the bundle, where only who may change the bundle can write. Root leaves nothing in another's checkout.
  if (statSync(bundle).uid === process.getuid?.()) {
    module.enableCompileCache?.(join(root, "dist", ".compile-cache"));
  }
  await import(pathToFileURL(bundle).href);
}

await main();
