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
/** A client that is gone before its answer reads nothing of it. */
const BEGINS_WITHIN_MS = 30_000;

type Event = LogsType<"LiveTailEvent">;

interface LiveTailOptions {
  readonly logs: Pick<LogArchive, "watch" | "assertReadable">;
  readonly account: string;
  readonly isWanted: (line: FoundLine) => boolean;
}

export class LiveTail {
  readonly #options: LiveTailOptions;
  #groups: readonly NamedLogGroup[] = [];
  #events: Event[] = [];
  #isSampled = false;
  #failure: Error | null = null;

  constructor(options: LiveTailOptions) {
    this.#options = options;
  }

  /** Until the signal is aborted. */
  watch(groups: readonly NamedLogGroup[], signal: AbortSignal): void {
    this.#groups = groups;
    for (const group of groups) {
      this.#collect(group, signal).catch((cause: unknown) => {
        if (!signal.aborted) this.#failure = new Error("a log cannot be watched", { cause });
      });
    }
  }

  /** What came since the last time. Throws where watching failed, and LogsUnreadable. */
  async take(): Promise<LogsType<"LiveTailUpdate">> {
    if (this.#failure !== null) throw this.#failure;
    await assertReadable(this.#groups, this.#options.logs);
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

/** Throws LogsUnreadable for the first of them that is. */
export async function assertReadable(
  groups: readonly NamedLogGroup[],
  logs: Pick<LogArchive, "assertReadable">,
): Promise<void> {
  for (const { owner } of groups) await logs.assertReadable(owner);
}

/** A bound on all tails of this process: a place is taken before a tail is promised, and given back when it never begins. */
export class LiveTails {
  #open = 0;
  readonly #promised = new Set<{ readonly untilMs: number }>();

  /** Throws TooManyLiveTails. What it returns begins the tail, and what that returns ends it. */
  take(nowMs: number): () => () => void {
    for (const promise of this.#promised) if (promise.untilMs <= nowMs) this.#promised.delete(promise);
    if (this.#open + this.#promised.size >= TAILS_MAX) {
      throw new SlipwayError("TooManyLiveTails", { limit: TAILS_MAX });
    }
    const promise = { untilMs: nowMs + BEGINS_WITHIN_MS };
    this.#promised.add(promise);
    return () => {
      this.#promised.delete(promise);
      this.#open++;
      return () => void this.#open--;
    };
  }
}
