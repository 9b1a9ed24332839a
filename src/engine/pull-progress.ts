/** Adds up the progress of layers into one number, and says it at most a few times a second. */

export interface PullMessage {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

const MIN_INTERVAL_MS = 300;

export class PullProgress {
  readonly #now: () => number;
  readonly #say: (progress: { readonly currentBytes: number; readonly totalBytes: number }) => void;
  readonly #layers = new Map<string, { current: number; total: number }>();
  #lastSaidMs = Number.NEGATIVE_INFINITY;

  constructor(now: () => number, say: (progress: { currentBytes: number; totalBytes: number }) => void) {
    this.#now = now;
    this.#say = say;
  }

  observe({ id, progressDetail }: PullMessage): void {
    const { current, total } = progressDetail ?? {};
    if (id === undefined || current === undefined || total === undefined) return;
    // Each layer is counted twice by the engine, downloading and then unpacking: the furthest point is kept.
    const before = this.#layers.get(id)?.current ?? 0;
    this.#layers.set(id, { current: Math.max(before, current), total });
    if (this.#now() - this.#lastSaidMs < MIN_INTERVAL_MS) return;
    this.#lastSaidMs = this.#now();
    this.#say(this.#sum());
  }

  #sum() {
    let currentBytes = 0;
    let totalBytes = 0;
    for (const { current, total } of this.#layers.values()) {
      currentBytes += current;
      totalBytes += total;
    }
    return { currentBytes, totalBytes };
  }
}
