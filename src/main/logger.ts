/** The control plane's own log, as JSON lines: to a bounded file, or to standard output when somebody else keeps it. */
import { writeSync } from "node:fs";
import { type Logger, type LoggerOptions, pino } from "pino";
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

export function createLogger({ logFile }: Pick<Settings, "logFile">): Logger {
  return pino(options, logFile === null ? { write: writeToOutput } : new RotatingLog(logFile));
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
