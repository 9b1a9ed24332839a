/**
 * Keeps a long list true by reading again only the rows that were named as changed: what watching costs grows with what changes, not
 * with what there is. One read is under way at a time; what is named meanwhile comes with the next one.
 */

export interface ChangedRowsOptions<Row> {
  readonly keyOf: (row: Row) => string;
  /** Those of these that are there now. */
  readonly read: (keys: readonly string[]) => Promise<readonly Row[]>;
  /** Puts the change into the list as it is then. */
  readonly change: (apply: (rows: readonly Row[]) => readonly Row[]) => void;
  /** Some could not be read: the whole list is to be, which tries again, and says so when that fails. */
  readonly onFailed: () => void;
  /** The whole list is being read: what it brings may be older than a change. */
  readonly isReadingAll: () => boolean;
  readonly wait: (durationMs: number) => Promise<void>;
}

/** The operations take no more at once. */
const MOST_KEYS = 100;
/** Rows that change again and again are read so often at most. */
const PAUSE_MS = 300;

export class ChangedRows<Row> {
  readonly #options: ChangedRowsOptions<Row>;
  readonly #changed = new Set<string>();
  #isRunning = false;
  #isEnded = false;

  constructor(options: ChangedRowsOptions<Row>) {
    this.#options = options;
  }

  add(keys: Iterable<string>): void {
    for (const key of keys) this.#changed.add(key);
    if (!this.#isRunning && this.#changed.size > 0) void this.#run();
  }

  end(): void {
    this.#isEnded = true;
    this.#changed.clear();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const { isReadingAll, wait } = this.#options;
    while (this.#changed.size > 0 && !this.#isEnded) {
      if (!isReadingAll()) await this.#readSome();
      await wait(PAUSE_MS);
    }
    this.#isRunning = false;
  }

  async #readSome(): Promise<void> {
    const { keyOf, read, change, onFailed } = this.#options;
    const keys = [...this.#changed].slice(0, MOST_KEYS);
    for (const key of keys) this.#changed.delete(key);
    const found = await read(keys).catch(() => null);
    if (this.#isEnded) return;
    if (found === null) {
      onFailed();
      return;
    }
    // A whole reading that began meanwhile may end with less than this one saw.
    if (this.#options.isReadingAll()) for (const key of keys) this.#changed.add(key);
    change((rows) => withRows(rows, { keys, found, keyOf }));
  }
}

interface Reading<Row> {
  readonly keys: readonly string[];
  readonly found: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

/** Those read take the place of the former; new ones come first; those that were asked for and not found are gone. */
export function withRows<Row>(rows: readonly Row[], { keys, found, keyOf }: Reading<Row>): readonly Row[] {
  const asked = new Set(keys);
  const fresh = new Map(found.map((row) => [keyOf(row), row]));
  const kept = rows.flatMap((row) => {
    const key = keyOf(row);
    if (!asked.has(key)) return [row];
    const now = fresh.get(key);
    fresh.delete(key);
    return now === undefined ? [] : [now];
  });
  return [...fresh.values(), ...kept];
}
