/** Answers to challenges of one order: put in place once, and taken away when the order has ended. */
import type { ChallengeAnswer, ChallengeAnswers } from "./execution.ts";
import type { ChallengeZone } from "../ports/challenge-zone.ts";
import type { HttpAnswers } from "./http-answers.ts";

interface Places {
  readonly http: HttpAnswers;
  readonly zone: ChallengeZone | null;
}

export class PlacedAnswers implements ChallengeAnswers {
  readonly #places: Places;
  readonly #placed = new Map<string, ChallengeAnswer>();

  constructor(places: Places) {
    this.#places = places;
  }

  async put(answer: ChallengeAnswer, signal: AbortSignal): Promise<void> {
    const key = JSON.stringify(answer);
    if (this.#placed.has(key)) return;
    if (answer.kind === "http") await this.#places.http.put(answer.token, answer.text, signal);
    else this.#places.zone?.put(answer.label, answer.text);
    this.#placed.set(key, answer);
  }

  async removeAll(signal: AbortSignal): Promise<void> {
    for (const [key, answer] of this.#placed) {
      if (answer.kind === "http") await this.#places.http.remove(answer.token, signal);
      else this.#places.zone?.remove(answer.label, answer.text);
      this.#placed.delete(key);
    }
  }
}
