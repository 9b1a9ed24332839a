/** Where adapters tell what happened: into the store, once per key and week. */
import type { NewEvent } from "../../domain/event.ts";
import type { EventRecorder } from "../../ports/event-recorder.ts";
import type { Tables } from "../../ports/store.ts";

export interface StoredEventRecorderDeps {
  readonly store: Pick<Tables, "events">;
  readonly onError: (error: unknown, event: NewEvent) => void;
}

export class StoredEventRecorder implements EventRecorder {
  readonly #deps: StoredEventRecorderDeps;

  constructor(deps: StoredEventRecorderDeps) {
    this.#deps = deps;
  }

  async record(key: string, event: NewEvent): Promise<void> {
    try {
      await this.#deps.store.events.appendOnce(key, event);
    } catch (error) {
      this.#deps.onError(error, event);
    }
  }
}
