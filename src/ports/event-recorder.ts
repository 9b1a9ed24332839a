/** Where adapters tell what happened. What the heart does goes straight into the store, with the change itself. */
import type { PlatformEvent } from "../domain/event.ts";

export interface EventRecorder {
  /**
   * Kept, listed and sent to every destination that wants it, also after a crash. The same `key` twice within a week is told
   * once. Never throws: an event that cannot be kept is reported, not fatal.
   */
  record(key: string, event: Omit<PlatformEvent, "id">): Promise<void>;
}
