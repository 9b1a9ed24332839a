/** What people want to know of a watched source. */
import type { Store } from "../../ports/store.ts";
import type { SourceWatching, SourceWatchView } from "../../ports/source-watching.ts";
import type { SourceWatch } from "../../domain/source-watch.ts";
import { defaultIntervals, isFollowed, nextCheckAtMs, type WatchIntervals } from "./next-check.ts";
import type { WatchRecords } from "./watch-records.ts";

interface Parts {
  readonly store: Pick<Store, "services">;
  readonly records: WatchRecords;
  readonly intervals?: WatchIntervals;
}

export class StoredSourceWatching implements SourceWatching {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async describe(serviceId: string): Promise<SourceWatchView> {
    const watch = await this.#parts.records.ensure(serviceId);
    const webhookSecret = this.#parts.records.secretOf(watch);
    // Nobody can sign with a secret that nobody can read.
    return webhookSecret === null ? this.rotateSecret(serviceId) : this.#view(watch, webhookSecret);
  }

  async rotateSecret(serviceId: string): Promise<SourceWatchView> {
    const watch = await this.#parts.records.newSecret(serviceId);
    return this.#view(watch, this.#parts.records.secretOf(watch) ?? "");
  }

  async #view(watch: SourceWatch, webhookSecret: string): Promise<SourceWatchView> {
    const service = await this.#parts.store.services.get(watch.serviceId);
    const isWatched = service !== null && isFollowed(service) && service.status === "RUNNING";
    if (!isWatched || watch.check === null) return { watch, webhookSecret, nextCheckAtMs: null };
    const { kind } = service.configuration.source;
    const nextAtMs = nextCheckAtMs(watch, kind, this.#parts.intervals ?? defaultIntervals);
    return { watch, webhookSecret, nextCheckAtMs: nextAtMs };
  }
}
