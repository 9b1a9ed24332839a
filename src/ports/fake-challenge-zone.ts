/** ChallengeZone in memory. Its content ends with the process, as the real one's does. */
import type { ChallengeZone } from "./challenge-zone.ts";

export class FakeChallengeZone implements ChallengeZone {
  readonly texts = new Map<string, Set<string>>();
  readonly #zone: string;

  constructor(zone: string) {
    this.#zone = zone;
  }

  nameOf(label: string): string {
    return label === "" ? this.#zone : `${label}.${this.#zone}`;
  }

  put(label: string, text: string): void {
    this.texts.set(label, (this.texts.get(label) ?? new Set()).add(text));
  }

  remove(label: string, text: string): void {
    const left = this.texts.get(label);
    left?.delete(text);
    if (left?.size === 0) this.texts.delete(label);
  }
}
