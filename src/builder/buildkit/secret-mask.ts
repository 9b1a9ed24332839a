/**
 * Values of build secrets are not for the log: what a command prints of them is replaced. This is against accidents; a
 * command that wants to give a secret away writes it in another way.
 */

/** Shorter ones would be found everywhere. */
const CHARACTERS_MIN = 4;
const MARK = "***";

export class SecretMask {
  /** Longest first: one may be a part of another. */
  readonly #words: readonly string[];

  constructor(values: readonly string[]) {
    // A log has lines, and many values end with a line break that nobody prints.
    const words = values.flatMap((value) => value.split(/[\r\n]+/)).map((word) => word.trim());
    this.#words = [...new Set(words)]
      .filter(({ length }) => length >= CHARACTERS_MIN)
      .toSorted((one, other) => other.length - one.length);
  }

  hide(text: string): string {
    return this.#words.reduce((hidden, word) => hidden.replaceAll(word, MARK), text);
  }
}

export const nothingHidden = new SecretMask([]);
