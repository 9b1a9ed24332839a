/** The world as commands see it: two streams, a clock, a person who may be asked. Tests pass their own. */
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { drawnProgress } from "./drawn-progress.ts";
import { type FolderPush, pushFolder, type PushedFolder } from "./folder/push-folder.ts";
import type { Environment } from "./hooks.ts";
import { plainProgress, type Progress } from "./progress.ts";
import { debianTrustStore, systemTrustStore, type TrustStore } from "./trust-store.ts";

export interface CliIo {
  readonly environment: Environment;
  /** A person is there: questions may be asked and progress may be drawn. */
  readonly isInteractive: boolean;
  readonly hasColour: boolean;
  /** How wide results may be drawn. */
  readonly columns: number;
  /** One line to standard output: results. */
  out(line: string): void;
  /** One line to standard error: progress and errors. */
  err(line: string): void;
  now(): number;
  sleep(durationMs: number): Promise<void>;
  /** Says a last word when the person presses Ctrl-C; call what it returns when there is nothing to say any more. */
  onInterrupt(lastWord: string): () => void;
  readFile(path: string): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
  confirm(question: string): Promise<boolean>;
  /** Typed unseen by a person, else all of standard input. */
  readSecret(question: string): Promise<string>;
  /** An absolute path; relative ones are meant from where the command runs. */
  resolvePath(path: string): string;
  pushFolder(push: FolderPush): Promise<PushedFolder>;
  readonly trustStore: TrustStore;
  progress(title: string): Progress;
}

/** 128 and SIGINT, as shells have it. */
const EXIT_INTERRUPTED = 130;
/** Of what goes into a file or a pipe. */
const PLAIN_COLUMNS = 100;

export function processIo(): CliIo {
  const { env: environment, stdin, stdout, stderr } = process;
  endWithReader();
  const hasColours = environment["NO_COLOR"] === undefined && environment["TERM"] !== "dumb";
  // A terminal without a size draws nothing well.
  const isDrawable = stderr.isTTY && stderr.columns > 0;
  const isInteractive = stdin.isTTY && isDrawable && environment["CI"] === undefined;
  return {
    environment,
    isInteractive,
    hasColour: stdout.isTTY && hasColours,
    columns: stdout.columns > 0 ? stdout.columns : PLAIN_COLUMNS,
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    now: () => Date.now(),
    sleep: (durationMs) => sleep(durationMs),
    onInterrupt: (lastWord) => {
      const end = () => {
        stderr.write(`\n${lastWord}\n`);
        process.exit(EXIT_INTERRUPTED);
      };
      process.once("SIGINT", end);
      return () => void process.off("SIGINT", end);
    },
    readFile: (path) => readFile(path, "utf8"),
    writeFile: (path, text) => writeFile(path, text),
    confirm: askPerson,
    readSecret: (question) => (isInteractive ? askSecret(question) : readAll(stdin)),
    resolvePath: (path) => resolve(path),
    pushFolder,
    trustStore: systemTrustStore(debianTrustStore),
    progress: (title) =>
      isInteractive
        ? drawnProgress(title, {
            write: (text) => stderr.write(text),
            columns: stderr.columns,
            hasColour: hasColours,
          })
        : plainProgress(title, stderr),
  };
}

/** `slipway logs web | head` took what it wanted: no failure. Nobody reads our progress: we go on without. */
function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

/** Loaded only where a person is: prompts cost 20 ms at start. */
async function askPerson(question: string): Promise<boolean> {
  const { confirm } = await import("@clack/prompts");
  return (await confirm({ message: question, initialValue: false, output: process.stderr })) === true;
}

/** Empty when the person went away. */
async function askSecret(question: string): Promise<string> {
  const { password } = await import("@clack/prompts");
  const given = await password({ message: question, output: process.stderr });
  return typeof given === "string" ? given : "";
}
