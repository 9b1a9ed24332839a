/**
 * The only hook that runs in a hosted repository: it tells the control plane what was pushed and prints what it answers,
 * which git shows on the pusher's terminal. Kept as text so that it is found whatever the build does with our files.
 *
 * The push is stored by then, so it ends well whatever happens here, also when the control plane dies meanwhile.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const LAUNCHER = `#!/bin/sh
exec "$SLIPWAY_NODE" "$SLIPWAY_HOOK_SCRIPT"
`;

/** What comes from the control plane: `|text` for a line to show, `.` at the end. */
const SCRIPT = `const socket = require("node:net").connect({ path: process.env.SLIPWAY_HOOK_SOCKET, allowHalfOpen: true });
let rest = "";
let isComplete = false;
const take = (line) => {
  if (line.startsWith("|")) process.stdout.write(line.slice(1) + "\\n");
  if (line === ".") isComplete = true;
};
socket.setEncoding("utf8");
socket.on("connect", () => process.stdin.pipe(socket));
socket.on("error", () => undefined);
socket.on("data", (text) => {
  const lines = (rest + text).split("\\n");
  rest = lines.pop();
  lines.forEach(take);
});
socket.on("close", () => {
  if (!isComplete) process.stdout.write("Your commits are stored, but Slipway went away before it said what became of them.\\n");
});
`;

export interface InstalledHook {
  /** For `core.hooksPath`. */
  readonly directory: string;
  readonly script: string;
}

export async function installPushHook(directory: string): Promise<InstalledHook> {
  const hooks = join(directory, "hooks");
  const script = join(directory, "post-receive.cjs");
  await mkdir(hooks, { recursive: true, mode: 0o700 });
  await writeFile(script, SCRIPT, { mode: 0o600 });
  await writeFile(join(hooks, "post-receive"), LAUNCHER, { mode: 0o700 });
  return { directory: hooks, script };
}
