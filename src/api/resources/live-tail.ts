/** The lines of a live tail between two updates, and how many tails there are. */
import type { LogsType } from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { FoundLine, LogArchive } from "../../ports/service-log.ts";
import { toWireEvent } from "./log-event.ts";
import { logStreamName, type NamedLogGroup } from "./log-group.ts";

/** CloudWatch Logs: more lines than this in one update are left out, and the update says so. */
const LINES_MAX = 500;
/** CloudWatch Logs' quota. */
const TAILS_MAX = 15;

type Event = LogsType<"LiveTailEvent">;

interface LiveTailOptions {
  readonly logs: Pick<LogArchive, "watch">;
  readonly account: string;
  readonly isWanted: (line: FoundLine) => boolean;
}

export class LiveTail {
  readonly #options: LiveTailOptions;
  #events: Event[] = [];
  #isSampled = false;
  #failure: Error | null = null;

  constructor(options: LiveTailOptions) {
    this.#options = options;
  }

  /** Until the signal is aborted. */
  watch(groups: readonly NamedLogGroup[], signal: AbortSignal): void {
    for (const group of groups) {
      this.#collect(group, signal).catch((cause: unknown) => {
        if (!signal.aborted) this.#failure = new Error("a log cannot be watched", { cause });
      });
    }
  }

  /** What came since the last time. Throws where watching failed. */
  take(): LogsType<"LiveTailUpdate"> {
    if (this.#failure !== null) throw this.#failure;
    const update = { sessionMetadata: { sampled: this.#isSampled }, sessionResults: this.#events };
    this.#events = [];
    this.#isSampled = false;
    return update;
  }

  async #collect(group: NamedLogGroup, signal: AbortSignal): Promise<void> {
    const { logs, isWanted } = this.#options;
    for await (const { lines, missed } of logs.watch(group.owner, group.group, signal)) {
      if (missed > 0) this.#isSampled = true;
      for (const line of lines) if (isWanted(line)) this.#add(group, line);
    }
  }

  #add({ name }: NamedLogGroup, line: FoundLine): void {
    if (this.#events.length >= LINES_MAX) {
      this.#isSampled = true;
      return;
    }
    this.#events.push({
      ...toWireEvent(line),
      logStreamName: logStreamName(line.stream),
      logGroupIdentifier: `${this.#options.account}:${name}`,
    });
  }
}

/** A bound on all tails of this process. */
export class LiveTails {
  #open = 0;

  /** Throws TooManyLiveTails. */
  assertRoom(): void {
    if (this.#open >= TAILS_MAX) throw new SlipwayError("TooManyLiveTails", { limit: TAILS_MAX });
  }

  /** Counts one more until the returned function is called. */
  open(): () => void {
    this.#open++;
    return () => void this.#open--;
  }
}
