/** Says what went wrong with logs, each kind of problem once a minute: a full disk fails a thousand times a second. */
import type { Clock } from "../../ports/clock.ts";

const QUIET_MS = 60_000;

export type LogProblem = "log-write-failed" | "log-copy-failed" | "log-sweep-failed" | "log-pack-failed";

/** `problem` is for people; `code` is the system's (`ENOSPC` when the disk is full) or empty. */
export type ReportLogProblem = (
  event: LogProblem,
  details: { readonly problem: string; readonly code: string },
) => void;

export class ProblemReporter {
  readonly #report: ReportLogProblem;
  readonly #clock: Pick<Clock, "now">;
  readonly #reportedAtMs = new Map<string, number>();

  constructor(report: ReportLogProblem, clock: Pick<Clock, "now">) {
    this.#report = report;
    this.#clock = clock;
  }

  report(event: LogProblem, error: unknown): void {
    const { message, code = "" } = toError(error);
    const kind = `${event} ${code}`;
    const now = this.#clock.now();
    if (now - (this.#reportedAtMs.get(kind) ?? -Infinity) < QUIET_MS) return;
    this.#reportedAtMs.set(kind, now);
    this.#report(event, { problem: message, code });
  }
}

function toError(error: unknown): NodeJS.ErrnoException {
  return error instanceof Error ? error : new Error(String(error));
}
