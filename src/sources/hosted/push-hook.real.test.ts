import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/test-repository.ts";
import { installPushHook } from "./push-hook.ts";

let directory: string;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(() => rm(directory, { recursive: true }));

async function runHook(): Promise<{ readonly status: number; readonly printed: string }> {
  const hook = await installPushHook(directory);
  const child = spawn(join(hook.directory, "post-receive"), [], {
    env: {
      PATH: "/usr/bin:/bin",
      SLIPWAY_NODE: process.execPath,
      SLIPWAY_HOOK_SCRIPT: hook.script,
      SLIPWAY_HOOK_SOCKET: join(directory, "socket"),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.on("error", () => undefined).end("1 2 refs/heads/main\n");
  const [printed, [status]] = await Promise.all([
    text(child.stdout),
    once(child, "close") as Promise<[number]>,
  ]);
  return { status, printed };
}

test("without a control plane the push ends well, with a remark", async () => {
  expect(await runHook()).toEqual({
    status: 0,
    printed: expect.stringContaining("are stored, but Slipway went away"),
  });
});

test("so it does when the control plane dies meanwhile", async () => {
  // What lies unread when a process dies makes the kernel drop what it had written.
  const server = createServer({ allowHalfOpen: true }, (socket) =>
    socket.resume().on("end", () => socket.write("|building\n", () => socket.destroy())),
  );
  server.listen(join(directory, "socket"));
  await once(server, "listening");
  const { status, printed } = await runHook();
  server.close();
  expect(status).toBe(0);
  expect(printed).toMatch(/^building\nYour commits are stored, but Slipway went away/);
});
