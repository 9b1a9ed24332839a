/**
 * One request through `git http-backend`, a CGI program: an environment from scratch, limits of the kernel, the request's
 * body on its standard input, and its output taken apart into status, headers and body. Nothing is held in memory but the
 * head.
 */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { HostedGitReply } from "../../ports/hosted-repositories.ts";
import { killGroup } from "../git/git-process.ts";

const HEAD_BYTES_MAX = 16 * 1024;
/** After a polite end, in which git removes what it had stored of an unfinished push. */
const KILL_AFTER_MS = 5000;
/** Of each process. Packs are mapped, not copied, and large files pass in pieces: an honest push needs a tenth of it. */
const DATA_BYTES_MAX = 1024 ** 3;

export interface BackendRun {
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
  readonly body: Readable;
  /** The largest file git may write; the kernel ends it there. */
  readonly fileBytesMax: number;
  /** Ends git. A LastWords as its reason is what git's user is told in the end. */
  readonly signal: AbortSignal;
  /** When git and all its children are gone. */
  readonly onEnd: () => void;
}

/** Why a push is ended, for the pusher's terminal. */
export class LastWords extends Error {
  override readonly name = "LastWords";
}

export async function runHttpBackend(run: BackendRun): Promise<HostedGitReply> {
  const limits = [`--data=${DATA_BYTES_MAX}`, `--fsize=${run.fileBytesMax}`, "--core=0"];
  const child = spawn("prlimit", [...limits, "--", "git", "http-backend"], {
    cwd: run.directory,
    env: run.environment,
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const stop = (): void => stopGroup(child);
  run.signal.addEventListener("abort", stop, { once: true });
  child.once("close", () => {
    run.signal.removeEventListener("abort", stop);
    run.onEnd();
  });
  child.once("error", () => run.onEnd());
  // A pusher who goes away ends git; git that ends early ends nothing.
  pipeline(run.body, child.stdin).catch(() => {
    if (run.body.errored !== null || run.body.readableAborted) stop();
  });
  try {
    run.signal.throwIfAborted();
    return await readReply(child, stop, run.signal);
  } catch (error) {
    stop();
    throw error;
  }
}

type Backend = ChildProcessByStdio<Writable, Readable, null>;

async function readReply(child: Backend, stop: () => void, signal: AbortSignal): Promise<HostedGitReply> {
  const { head, rest } = await readHead(child);
  const lines = head.split("\r\n").map((line) => /^([A-Za-z-]+): ?(.*)$/.exec(line) ?? []);
  const headers = Object.fromEntries(lines.map(([, name = "", value = ""]) => [name.toLowerCase(), value]));
  const { status = "200", ...others } = headers;
  const body = new PassThrough();
  body.write(rest);
  const end = (): void => void body.end(signal.reason instanceof LastWords ? toPacket(signal.reason) : "");
  pipeline(child.stdout, body, { end: false }).then(end, stop);
  return { status: Number.parseInt(status, 10), headers: others, body };
}

/** As git sends errors beside a push's result: its length with these four digits, the third channel, the text. */
export function toPacket({ message }: LastWords): string {
  const text = `\u0003${message}\n`;
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, "0") + text;
}

async function readHead(child: Backend): Promise<{ readonly head: string; readonly rest: Buffer }> {
  let bytes = Buffer.alloc(0);
  while (bytes.length <= HEAD_BYTES_MAX) {
    const chunk = child.stdout.read() as Buffer | null;
    if (chunk === null) {
      if (child.stdout.readableEnded) break;
      // Either rejects when git cannot be started.
      await Promise.race([once(child.stdout, "readable"), once(child.stdout, "end"), once(child, "close")]);
      continue;
    }
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf("\r\n\r\n");
    if (end !== -1) return { head: bytes.toString("latin1", 0, end), rest: bytes.subarray(end + 4) };
  }
  throw new Error("git http-backend gave no answer");
}

function stopGroup(child: Backend): void {
  killGroup(child, "SIGTERM");
  const timer = setTimeout(() => killGroup(child), KILL_AFTER_MS);
  child.once("close", () => clearTimeout(timer));
}
