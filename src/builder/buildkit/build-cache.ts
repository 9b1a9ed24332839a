/**
 * Keeps what builds leave behind within bounds: BuildKit's cache by size, images of ours that no release came to need
 * by time. Images of others are never touched: ours carry a label, and only those without any name go.
 */
import { EngineRefusal, type EngineApi } from "./engine-api.ts";

/** Between a build and the protection of its image lies one step of an operation. */
const UNPROTECTED_KEPT_MS = 60 * 60 * 1_000;
const PRUNE_DEADLINE_MS = 10 * 60 * 1_000;

export const BUILT_BY_LABEL = "slipway.built-by";

export class BuildCache {
  readonly #engine: EngineApi;
  readonly #ownerId: string;
  readonly #keepBytes: number;
  readonly #now: () => number;
  /** Images without a name → when they were first seen so. A fresh start begins anew: rather too late than too early. */
  readonly #nameless = new Map<string, number>();

  constructor(engine: EngineApi, ownerId: string, keepBytes: number, now: () => number) {
    this.#engine = engine;
    this.#ownerId = ownerId;
    this.#keepBytes = keepBytes;
    this.#now = now;
  }

  /** A build that found all in the cache gives an image that may have been here for long. */
  hold(imageId: string): void {
    this.#nameless.set(imageId, this.#now());
  }

  async trim(signal: AbortSignal): Promise<void> {
    const query = { all: "1", "keep-storage": String(this.#keepBytes) };
    await this.#engine.call(signal, "POST", "/build/prune", { query, deadlineMs: PRUNE_DEADLINE_MS });
    await this.#removeNameless(signal);
  }

  async #removeNameless(signal: AbortSignal): Promise<void> {
    const filters = JSON.stringify({ dangling: ["true"], label: [`${BUILT_BY_LABEL}=${this.#ownerId}`] });
    const images = await this.#engine.call<readonly { readonly Id: string }[]>(
      signal,
      "GET",
      "/images/json",
      { query: { filters } },
    );
    const present = new Set(images.map(({ Id }) => Id));
    for (const id of this.#nameless.keys()) if (!present.has(id)) this.#nameless.delete(id);
    for (const id of present) await this.#removeWhenOld(id, signal);
  }

  async #removeWhenOld(imageId: string, signal: AbortSignal): Promise<void> {
    const sinceMs = this.#nameless.get(imageId) ?? this.#now();
    this.#nameless.set(imageId, sinceMs);
    if (this.#now() - sinceMs < UNPROTECTED_KEPT_MS) return;
    try {
      await this.#engine.call(signal, "DELETE", `/images/${imageId}`);
    } catch (error) {
      // Gone already; a container uses it; it has got a name meanwhile.
      if (!(error instanceof EngineRefusal && [404, 409].includes(error.status))) throw error;
    }
  }
}
