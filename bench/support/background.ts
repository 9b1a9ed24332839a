/** Programs a benchmark runs beside itself, ended by their process id. */
import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "../../test/support/wait-for.ts";
import type { Cleanup } from "./cleanup.ts";

const END_MS = 3_000;
const START_MS = 10_000;

export type Listener = { readonly port: number } | { readonly path: string };

/** Starts a program that stays, and resolves to its process id once it listens. */
export async function startBackground(
  command: readonly string[],
  options: { readonly listensOn: Listener; readonly env?: Readonly<Record<string, string>> },
  cleanup: Cleanup,
): Promise<number> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "ignore", "pipe"],
    // The edge is a session of its own, and the kernel shares the processor by session: the same for all.
    detached: true,
  });
  cleanup.add(() => end(child));
  // Only shown when it does not start: HAProxy speaks at each start and end.
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-2_000)));
  child.once("error", (error) => (said = error.message));
  try {
    await untilListening(child, options.listensOn);
  } catch (cause) {
    throw new Error(`${program} does not start: ${said}`, { cause });
  }
  return child.pid ?? 0;
}

/** SIGTERM, and SIGKILL some seconds later. Returns once it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  child.kill("SIGTERM");
  await Promise.race([exited, sleep(END_MS, undefined, { ref: false })]);
  if (!hasEnded(child)) child.kill("SIGKILL");
  await exited;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

export async function untilListening(child: ChildProcess, where: Listener): Promise<void> {
  const what = "port" in where ? `a listener on port ${where.port}` : `a listener on ${where.path}`;
  const isUp = async (): Promise<boolean> =>
    hasEnded(child) || child.pid === undefined || (await canConnect(where));
  await waitFor(isUp, { what, timeoutMs: START_MS, everyMs: 20 });
  if (child.pid === undefined || hasEnded(child)) throw new Error("it ended at once");
}

function canConnect(where: Listener): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect("port" in where ? { host: "127.0.0.1", ...where } : where);
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
