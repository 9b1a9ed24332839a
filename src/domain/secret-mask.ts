/**
 * Hides values of secrets in text that is kept: as they are, line by line, as JSON and URLs write them, and in base64, also within
 * something longer that is in base64 (`Authorization: Basic`). This is against accidents: who wants to give a secret away writes it
 * in yet another way.
 */

/** Shorter ones would hide half of what is said, and can be guessed anyway. */
const CHARACTERS_MIN = 4;
/** Of values that are written otherwise, members of JSON, and lines of several: shorter ones are found in what is none. */
const PART_CHARACTERS_MIN = 8;
/** Each is looked for in all that is said: whoever has a value of a hundred thousand lines must not hold up everybody. */
const WORDS_MAX = 2048;
const MARK = "***";
const LINE_BREAKS = /[\r\n]+/;
/** Members of a JSON secret that are secret; its host and user are not. */
const SECRET_MEMBER = /pass|pwd|secret|token|key|credential|private/i;

export class SecretMask {
  /** Longest first: one may be a part of another. Private, so that nobody who prints a mask prints them. */
  readonly #words: readonly string[];

  private constructor(words: readonly string[]) {
    this.#words = words;
  }

  static of(values: readonly string[]): SecretMask {
    const all = values.flatMap((value) => [value, ...secretMembers(value)]).map((value) => value.trim());
    // What matters most comes first.
    const words = [plainWords, encodedWords, lineWords].flatMap((wordsOf) => all.flatMap(wordsOf));
    const bounded = [...new Set(words)].slice(0, WORDS_MAX);
    return new SecretMask(bounded.toSorted((one, other) => other.length - one.length));
  }

  /** What is looked for. */
  get words(): readonly string[] {
    return this.#words;
  }

  get isEmpty(): boolean {
    return this.#words.length === 0;
  }

  /** Of what is looked for. */
  get lengthMax(): number {
    return this.#words[0]?.length ?? 0;
  }

  hide(text: string): string {
    return this.#words.reduce((hidden, word) => hidden.replaceAll(word, MARK), text);
  }

  /** For parts of this text: only what is in it is looked for. Most often that is nothing. */
  within(text: string): SecretMask {
    return new SecretMask(this.#words.filter((word) => text.includes(word)));
  }
}

export const nothingHidden = SecretMask.of([]);

/** Most values have one line; what is around it nobody prints. */
function plainWords(text: string): readonly string[] {
  return LINE_BREAKS.test(text) ? [] : asWritten(text, CHARACTERS_MIN);
}

function encodedWords(text: string): readonly string[] {
  if (text.length < PART_CHARACTERS_MIN) return [];
  const words = [encodeURL(text), encodeForm(text), ...base64Of(text)];
  return words.filter(({ length }) => length >= PART_CHARACTERS_MIN);
}

/** A log has lines. */
function lineWords(text: string): readonly string[] {
  if (!LINE_BREAKS.test(text)) return [];
  return text.split(LINE_BREAKS).flatMap((line) => asWritten(line.trim(), PART_CHARACTERS_MIN));
}

function asWritten(line: string, charactersMin: number): readonly string[] {
  return line.length < charactersMin ? [] : [line, JSON.stringify(line).slice(1, -1)];
}

/** What a JSON object's members hold that sound secret. */
function secretMembers(value: string): readonly string[] {
  if (!/^\s*\{/.test(value)) return [];
  try {
    const members = Object.entries(JSON.parse(value) as Readonly<Record<string, unknown>>);
    return members.flatMap(([name, member]) =>
      typeof member === "string" && member.length >= PART_CHARACTERS_MIN && SECRET_MEMBER.test(name)
        ? [member]
        : [],
    );
  } catch {
    return [];
  }
}

/** A lone surrogate has no place in a URL, and makes the encoder throw. */
function encodeURL(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function encodeForm(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

/** What stands for it at each of the three places within four characters that it may begin at, whatever is around it. */
function base64Of(text: string): readonly string[] {
  const bytes = new TextEncoder().encode(text).subarray(0, ENCODED_BYTES_MAX);
  return [0, 1, 2].flatMap((offset) => {
    const shifted = [...[0, 0].slice(0, offset), ...bytes];
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((shifted.length * 8) / 6);
    const word = btoa(String.fromCharCode(...shifted)).slice(first, last);
    return [word, word.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** What is longer is found by its beginning. */
const ENCODED_BYTES_MAX = 3072;
