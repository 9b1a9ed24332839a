/**
 * What the engine runs, kept up to date by its events, by our own acts, and by a full list after each gap in the events.
 * "unknown" until the first list has come.
 */
import type { Clock } from "../ports/clock.ts";
import type { ContainerEngine, EngineInstance } from "../ports/container-engine.ts";
import type { ContainerView } from "./observed.ts";
import { isOutage } from "./outage.ts";

const RETRY_MS = 1000;

export interface EngineWatchEvents {
  /** An instance ended. */
  readonly onExit: (instanceId: string) => void;
  /** The first list after a gap, before anybody may act on it. What it throws keeps the view unknown. */
  readonly onFirstList: (isGone: (instanceId: string) => boolean, signal: AbortSignal) => Promise<void>;
  /** Events may have been lost: everything is to be compared. What it throws is tried again with the watching. */
  readonly onGap: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

export class EngineWatch {
  readonly #engine: ContainerEngine;
  readonly #clock: Clock;
  readonly #events: EngineWatchEvents;
  readonly #containers = new Map<string, ContainerView>();
  /** Counts changes; a list that was asked for before a change must not undo it. */
  #revision = 0;
  readonly #touchedAt = new Map<string, number>();
  /** One list at a time: of two under way, the older answer could come last and undo what the newer knew. */
  #listing: Promise<unknown> = Promise.resolve();
  #isKnown = false;

  constructor(engine: ContainerEngine, clock: Clock, events: EngineWatchEvents) {
    this.#engine = engine;
    this.#clock = clock;
    this.#events = events;
  }

  view(): "unknown" | ReadonlyMap<string, ContainerView> {
    return this.#isKnown ? this.#containers : "unknown";
  }

  /** Follows the engine until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const event of this.#engine.watch(signal)) {
          if (event.type === "resync") {
            this.#isKnown = false;
            await this.#events.onGap();
          } else {
            this.#note(event.instanceId, { state: "exited", exit: event.exit });
            this.#events.onExit(event.instanceId);
          }
        }
        if (signal.aborted) return;
      } catch (error) {
        if (signal.aborted) return;
        // What has happened since is unknown until the next list.
        this.#isKnown = false;
        if (!isOutage(error)) this.#events.onError(error);
      }
      await this.#clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
  }

  /** Asks for the full list. Throws EngineUnavailable. */
  refresh(signal: AbortSignal): Promise<readonly EngineInstance[]> {
    const listed = this.#listing.then(() => this.#list(signal));
    this.#listing = listed.catch(() => undefined);
    return listed;
  }

  async #list(signal: AbortSignal): Promise<readonly EngineInstance[]> {
    const asked = this.#revision;
    const list = await this.#engine.listInstances(signal);
    const isNewer = (id: string) => (this.#touchedAt.get(id) ?? -1) >= asked;
    const running = new Set(list.filter(({ state }) => state === "running").map((one) => one.instanceId));
    // What an act of ours has started since the list was asked for is not gone.
    if (!this.#isKnown) await this.#events.onFirstList((id) => !running.has(id) && !isNewer(id), signal);
    const listed = new Set(list.map((instance) => instance.instanceId));
    for (const id of this.#containers.keys()) {
      if (!listed.has(id) && !isNewer(id)) this.#containers.delete(id);
    }
    for (const instance of list) {
      if (!isNewer(instance.instanceId)) this.#containers.set(instance.instanceId, viewOf(instance));
    }
    this.#touchedAt.clear();
    this.#isKnown = true;
    return list;
  }

  /** An instance that ended at once may have been reported before its start returned. */
  noteStarted(instanceId: string): void {
    if (this.#containers.get(instanceId)?.state === "exited") return;
    this.#note(instanceId, { state: "running" });
  }

  /** The event with the exit code may come later; it replaces this. */
  noteStopped(instanceId: string): void {
    if (this.#containers.get(instanceId)?.state === "exited") return;
    this.#note(instanceId, { state: "exited", exit: { exitCode: 0, isOutOfMemory: false } });
  }

  noteRemoved(instanceId: string): void {
    this.#containers.delete(instanceId);
    this.#touchedAt.set(instanceId, this.#revision++);
  }

  #note(instanceId: string, view: ContainerView): void {
    this.#containers.set(instanceId, view);
    this.#touchedAt.set(instanceId, this.#revision++);
  }
}

function viewOf(instance: EngineInstance): ContainerView {
  if (instance.state === "exited") return { state: "exited", exit: instance.exit };
  return { state: instance.state };
}
