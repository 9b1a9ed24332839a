/**
 * Who builds next on this node. First come, first served; each service waits at most once: its newer build takes the
 * place of the older one, so that a service that is pushed to often keeps nobody else waiting.
 */
import { BuildError } from "../../ports/builder.ts";

interface Waiting {
  readonly serviceId: string;
  readonly start: () => void;
  readonly giveUp: (reason: Error) => void;
}

export class BuildQueue {
  readonly #atOnce: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  /** `atOnce`: builds that may run side by side. */
  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Runs the act when its turn comes. `onWait` is told how many are before it, when there are any. */
  async run<T>(
    serviceId: string,
    onWait: (others: number) => void,
    act: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    await this.#turn(serviceId, onWait, signal);
    try {
      return await act();
    } finally {
      this.#running--;
      this.#startNext();
    }
  }

  async #turn(serviceId: string, onWait: (others: number) => void, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.#atOnce) {
      this.#running++;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { serviceId, start: resolve, giveUp: reject };
    const onAbort = () => this.#leave(waiting, signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      onWait(this.#running + this.#enter(waiting));
      await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Returns how many wait before it. */
  #enter(waiting: Waiting): number {
    const place = this.#waiting.findIndex(({ serviceId }) => serviceId === waiting.serviceId);
    if (place === -1) return this.#waiting.push(waiting) - 1;
    const [older] = this.#waiting.splice(place, 1, waiting);
    older?.giveUp(new BuildError("superseded", "A newer build of this service took its place."));
    return place;
  }

  #leave(waiting: Waiting, reason: Error): void {
    const place = this.#waiting.indexOf(waiting);
    if (place === -1) return; // its turn has come
    this.#waiting.splice(place, 1);
    waiting.giveUp(reason);
  }

  #startNext(): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#running++;
    next.start();
  }
}
