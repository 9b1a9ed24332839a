/**
 * Values that were opened in this process, for hiding them in its own log: errors quote what others said. The newest of a bounded
 * number; they are nowhere else than in memory.
 */
import { SecretMask } from "../domain/secret-mask.ts";

const COUNT_MAX = 500;
/** What is longer is a certificate's key or a file, and its lines would be hidden one by one. */
const LENGTH_MAX = 4_096;
/** Shorter ones ("true", a port) would hide half of a line. */
const LENGTH_MIN = 8;

export class KnownValues {
  readonly #values = new Set<string>();
  #mask: SecretMask | null = null;

  /** A value, or JSON that holds some: its texts are known then. */
  add(opened: string): void {
    for (const value of valuesIn(opened)) this.#remember(value);
  }

  /** Where there are more words than a mask may have, those of the newest values are in it. */
  hide(text: string): string {
    this.#mask ??= SecretMask.of([...this.#values].toReversed());
    return this.#mask.hide(text);
  }

  #remember(value: string): void {
    if (value.length < LENGTH_MIN || value.length > LENGTH_MAX) return;
    // What is known already becomes the newest, and the mask stays as it is.
    const wasKnown = this.#values.delete(value);
    this.#values.add(value);
    if (wasKnown) return;
    this.#mask = null;
    const [oldest] = this.#values;
    if (this.#values.size > COUNT_MAX && oldest !== undefined) this.#values.delete(oldest);
  }
}

/** What is sealed is the value itself, or a small JSON record of ours that holds it, perhaps some levels below. */
function valuesIn(opened: string): readonly string[] {
  const values = [opened];
  if (!opened.startsWith("{")) return values;
  try {
    JSON.parse(opened, (_name, member: unknown) => {
      if (typeof member === "string") values.push(member);
    });
  } catch {
    // No record of ours.
  }
  return values;
}
