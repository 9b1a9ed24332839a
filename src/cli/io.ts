/** The world as commands see it: two streams, a clock, a person who may be asked. Tests pass their own. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "./hooks.ts";

export interface CliIo {
  readonly environment: Environment;
  /** A person is there: questions may be asked and progress may be drawn. */
  readonly isInteractive: boolean;
  readonly hasColour: boolean;
  /** One line to standard output: results. */
  out(line: string): void;
  /** One line to standard error: progress and errors. */
  err(line: string): void;
  now(): number;
  sleep(durationMs: number): Promise<void>;
  readFile(path: string): Promise<string>;
  confirm(question: string): Promise<boolean>;
  progress(title: string): Promise<Progress>;
}

/** Live lines of something that takes a while. */
export interface Progress {
  line(text: string): void;
  succeed(text: string): void;
  /** The lines stay on the screen. */
  fail(text: string): void;
}

export function processIo(): CliIo {
  const environment = process.env;
  const isInteractive = process.stdin.isTTY && process.stderr.isTTY && environment["CI"] === undefined;
  return {
    environment,
    isInteractive,
    hasColour:
      process.stdout.isTTY && environment["NO_COLOR"] === undefined && environment["TERM"] !== "dumb",
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    now: () => Date.now(),
    sleep: (durationMs) => sleep(durationMs),
    readFile: (path) => readFile(path, "utf8"),
    confirm: askPerson,
    progress: (title) =>
      isInteractive ? drawnProgress(title) : Promise.resolve(plainProgress(title, process.stderr)),
  };
}

/** Loaded only where a person is: prompts cost 20 ms at start. */
async function askPerson(question: string): Promise<boolean> {
  const { confirm } = await import("@clack/prompts");
  return (await confirm({ message: question, initialValue: false, output: process.stderr })) === true;
}

async function drawnProgress(title: string): Promise<Progress> {
  const { taskLog } = await import("@clack/prompts");
  const log = taskLog({ title, limit: 12, output: process.stderr });
  return {
    line: (text) => log.message(text),
    succeed: (text) => log.success(text),
    fail: (text) => log.error(text, { showLog: true }),
  };
}

/** Progress for logs and pipes: every line as it comes. */
export function plainProgress(title: string, stream: { write(text: string): unknown }): Progress {
  stream.write(`${title}\n`);
  return {
    line: (text) => void stream.write(`  ${text}\n`),
    succeed: (text) => void stream.write(`${text}\n`),
    fail: (text) => void stream.write(`${text}\n`),
  };
}
