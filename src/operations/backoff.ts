/** Pauses between tries of a step that failed for reasons outside (engine away, edge away): 0.2 s doubling to 10 s. */
const FIRST_MS = 200;
const LONGEST_MS = 10_000;

interface Trouble {
  readonly message: string;
  readonly count: number;
  readonly retryAtMs: number;
}

export class Backoff {
  readonly #troubles = new Map<string, Trouble>();

  failed(key: string, message: string, nowMs: number): void {
    const count = (this.#troubles.get(key)?.count ?? 0) + 1;
    const pauseMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** (count - 1));
    this.#troubles.set(key, { message, count, retryAtMs: nowMs + pauseMs });
  }

  succeeded(key: string): void {
    this.#troubles.delete(key);
  }

  isPausing(key: string, nowMs: number): boolean {
    const leftMs = this.retryAtMs(key) - nowMs;
    // More than the longest pause: the clock was set back.
    return leftMs > 0 && leftMs <= LONGEST_MS;
  }

  /** When this step may be tried again, epoch milliseconds. */
  retryAtMs(key: string): number {
    return this.#troubles.get(key)?.retryAtMs ?? 0;
  }

  /** Forgets steps that no plan asks for any more. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#troubles.keys()) if (!keys.has(key)) this.#troubles.delete(key);
  }

  messages(): ReadonlyMap<string, string> {
    return new Map([...this.#troubles].map(([key, trouble]) => [key, trouble.message]));
  }
}
