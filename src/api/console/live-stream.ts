/**
 * What one browser is told, as server-sent events: which topics changed, a few times a second at most; a beat, so that both sides
 * notice a dead connection; and that its session ended. What changed while there was no stream is not told: browsers read
 * everything again when they come back.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { StateChanges } from "../../ports/state-changes.ts";
import type { LiveRights } from "./live-rights.ts";
import { type Topic, topicsOf } from "./live-topics.ts";

export interface LiveStreamParts {
  readonly changes: StateChanges;
  readonly rights: Pick<LiveRights, "mayBeTold">;
  /** Whether the session still is. */
  readonly holds: () => Promise<boolean>;
  /** The browser went away, or the server ends. */
  readonly gone: AbortSignal;
  /** Left out: 15 seconds. */
  readonly beatMs?: number;
}

const BEAT_MS = 15_000;
/** Between two events: what changes meanwhile is told together. */
const REST_MS = 350;
/** What one commit changes is told in one breath: its rows are told of one after the other. */
const BREATH_MS = 20;
/** More are told as one that stands for all. */
const TOPICS_MAX = 1_000;
const EVERYTHING: Topic = { name: "everything", needs: null };

export async function* liveEvents(parts: LiveStreamParts): AsyncGenerator<Uint8Array> {
  const waiting = new Waiting(parts);
  try {
    yield encode("retry: 2000\n\n");
    while (await waiting.forSomething()) {
      if (waiting.takeDoubt() && !(await holdsSurely(parts))) {
        yield event("ended", {});
        return;
      }
      if (waiting.takeBeat()) yield event("beat", {});
      const changed = waiting.takeTopics();
      if (changed.length === 0) continue;
      const topics = await toldOf(changed, parts);
      if (topics.length > 0) yield event("change", { topics });
      // Also where nothing may be told: to find that out costs reads of the store.
      await pause(REST_MS, parts.gone);
    }
  } finally {
    waiting.end();
  }
}

/** What there is to tell, and the wait for it. */
class Waiting {
  readonly #topics = new Map<string, Topic>();
  readonly #gone: AbortSignal;
  readonly #end: () => void;
  #isBeatDue = false;
  #isInDoubt = false;
  #wake: () => void = () => undefined;

  constructor({ changes, gone, beatMs = BEAT_MS }: LiveStreamParts) {
    this.#gone = gone;
    const unfollow = changes.follow((change) => {
      if (change.kind === "session") this.#isInDoubt = true;
      for (const topic of topicsOf(change)) this.#add(topic);
      this.#wake();
    });
    const timer = setInterval(() => {
      this.#isBeatDue = true;
      this.#isInDoubt = true;
      this.#wake();
    }, beatMs);
    const leave = () => this.#wake();
    gone.addEventListener("abort", leave);
    this.#end = () => {
      unfollow();
      clearInterval(timer);
      gone.removeEventListener("abort", leave);
    };
  }

  /** False: there is nobody to tell any more. */
  async forSomething(): Promise<boolean> {
    while (!this.#hasSomething() && !this.#gone.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#topics.size > 0) await pause(BREATH_MS, this.#gone);
    return !this.#gone.aborted;
  }

  takeTopics(): readonly Topic[] {
    const topics = [...this.#topics.values()];
    this.#topics.clear();
    return topics;
  }

  takeBeat(): boolean {
    const isDue = this.#isBeatDue;
    this.#isBeatDue = false;
    return isDue;
  }

  /** Whether the session may have ended. */
  takeDoubt(): boolean {
    const isInDoubt = this.#isInDoubt;
    this.#isInDoubt = false;
    return isInDoubt;
  }

  end(): void {
    this.#end();
  }

  #hasSomething(): boolean {
    return this.#topics.size > 0 || this.#isBeatDue || this.#isInDoubt;
  }

  #add(topic: Topic): void {
    if (this.#topics.has(EVERYTHING.name)) return;
    const added = this.#topics.size < TOPICS_MAX ? topic : EVERYTHING;
    if (added === EVERYTHING) this.#topics.clear();
    this.#topics.set(added.name, added);
  }
}

async function toldOf(
  topics: readonly Topic[],
  { rights }: Pick<LiveStreamParts, "rights">,
): Promise<readonly string[]> {
  const told: string[] = [];
  for (const topic of topics) {
    // What cannot be decided now is not told; the page reads again by itself when it is looked at.
    if (await rights.mayBeTold(topic).catch(() => false)) told.push(topic.name);
  }
  return told;
}

/** What cannot be known is no leave to go on. */
function holdsSurely({ holds }: Pick<LiveStreamParts, "holds">): Promise<boolean> {
  return holds().catch(() => false);
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch(() => undefined);
}

function event(name: "beat" | "change" | "ended", data: object): Uint8Array {
  return encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

function encode(text: string): Uint8Array {
  return Buffer.from(text);
}
