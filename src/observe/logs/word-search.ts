/**
 * Whether any of many words may be in a text, in one pass over its bytes, most of which it does not look at (Wu and Manber: the last two
 * bytes of a window as long as the shortest word tell how far off the next word can begin). Looking for one word after the other
 * takes three times as long with ten, ten times with a hundred, and a secret of many lines has dozens. Who makes words and text so that
 * each byte looks like a word's beginning gets "perhaps" soon, and holds nobody up.
 */

/** Shorter ones are looked for each by itself: they would make the window so small that no byte is passed over. */
const WINDOW_MIN = 8;
/** Longer steps would save nothing more. */
const WINDOW_MAX = 64;
/** Of two bytes. Different ones may share a number: what is found is compared. */
const HASHES = 4_096;
/** Comparing takes twenty times as long as a look: so many bytes must come for each. */
const BYTES_PER_COMPARISON = 16;
const COMPARISONS_MIN = 100;

export class WordSearch {
  readonly #short: readonly Buffer[];
  readonly #window: number;
  /** By the hash of a window's last two bytes: how far it can be moved on. */
  readonly #steps: Uint8Array;
  /** By the hash of the last two bytes of their first window. */
  readonly #long = new Map<number, Buffer[]>();

  constructor(words: readonly Buffer[]) {
    this.#short = words.filter(({ length }) => length < WINDOW_MIN);
    const long = words.filter(({ length }) => length >= WINDOW_MIN);
    this.#window = Math.min(WINDOW_MAX, ...long.map(({ length }) => length));
    // One for each instance that is followed: most have no secrets.
    this.#steps = new Uint8Array(long.length === 0 ? 0 : HASHES).fill(this.#window - 1);
    for (const word of long) this.#learn(word);
  }

  /** False: none of them is. */
  mayBeIn(text: Buffer): boolean {
    return this.#short.some((word) => text.includes(word)) || this.#mayLongBeIn(text);
  }

  #learn(word: Buffer): void {
    const last = this.#window - 1;
    for (let at = 1; at <= last; at++) {
      const hash = hashAt(word, at);
      this.#steps[hash] = Math.min(this.#steps[hash] ?? 0, last - at);
    }
    const hash = hashAt(word, last);
    this.#long.set(hash, [...(this.#long.get(hash) ?? []), word]);
  }

  #mayLongBeIn(text: Buffer): boolean {
    if (this.#long.size === 0) return false;
    const steps = this.#steps;
    let comparisons = COMPARISONS_MIN + text.length / BYTES_PER_COMPARISON;
    for (let at = this.#window - 1; at < text.length;) {
      const hash = hashAt(text, at);
      const step = steps[hash] ?? 0;
      at += Math.max(1, step);
      if (step > 0) continue;
      const words = this.#long.get(hash) ?? [];
      comparisons -= words.length;
      if (comparisons < 0 || isAnyAt(words, text, at - this.#window)) return true;
    }
    return false;
  }
}

function isAnyAt(words: readonly Buffer[], text: Buffer, begin: number): boolean {
  return words.some((word) => word.equals(text.subarray(begin, begin + word.length)));
}

function hashAt(bytes: Buffer, at: number): number {
  return (((bytes[at - 1] ?? 0) << 5) ^ (bytes[at] ?? 0)) & (HASHES - 1);
}
