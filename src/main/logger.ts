/** The control plane's own log, as JSON lines: to a bounded file, or to standard output when somebody else keeps it. */
import { writeSync } from "node:fs";
import { type Logger, type LoggerOptions, pino } from "pino";
import type { KnownValues } from "../secrets/known-values.ts";
import { RotatingLog } from "./rotating-log.ts";
import type { Settings } from "./settings.ts";

const STANDARD_OUTPUT = 1;
/** Pino's number. */
const WARNING = 40;
let problemCount = 0;
/** Inputs are never logged; this is for what libraries might put into an error. */
const options: LoggerOptions = {
  redact: ["authorization", "*.authorization", "*.password"],
  hooks: {
    logMethod(given, method, level) {
      if (level >= WARNING) problemCount += 1;
      return method.apply(this, given);
    },
  },
};

/** Lines of warning or worse since the start. */
export function logProblemCount(): number {
  return problemCount;
}

/** `known`: values that must not be in it. */
export function createLogger(
  { logFile }: Pick<Settings, "logFile">,
  known: Pick<KnownValues, "hide">,
): Logger {
  const log = logFile === null ? { write: writeToOutput } : new RotatingLog(logFile);
  return pino(options, { write: (line: string) => log.write(mayQuote(line) ? hidden(line, known) : line) });
}

/** What others said is in errors and in what is worse than info; the many lines about requests hold names of ours alone. */
function mayQuote(line: string): boolean {
  return !line.startsWith('{"level":30') || line.includes('"err":');
}

/** In texts alone: a value that looks like a line's own form must not break the line, or change its level. */
function hidden(line: string, known: Pick<KnownValues, "hide">): string {
  const hide = (_name: string, value: unknown) => (typeof value === "string" ? known.hide(value) : value);
  return `${JSON.stringify(JSON.parse(line), hide)}\n`;
}

/** A reader that left or a disk that is full must not end the control plane: services depend on it, the log does not. */
function writeToOutput(line: string): void {
  try {
    writeSync(STANDARD_OUTPUT, line);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOSPC" && code !== "EPIPE" && code !== "EAGAIN") throw error;
  }
}
