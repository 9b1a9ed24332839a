/**
 * Texts that the edge answers to authorities and to ourselves, over HTTP. They are on the edge's disk and outlive this
 * process: what one that was killed left behind is taken away once nobody can need it any more.
 */
import type { EdgeTls } from "../ports/edge-tls.ts";

type ChallengeEdge = Pick<EdgeTls, "setChallenge" | "removeChallenge" | "challenges">;

export class HttpAnswers {
  readonly #edge: ChallengeEdge;
  /** Put in place by this process, and needed. */
  readonly #needed = new Set<string>();

  constructor(edge: ChallengeEdge) {
    this.#edge = edge;
  }

  async put(token: string, text: string, signal: AbortSignal): Promise<void> {
    this.#needed.add(token);
    try {
      await this.#edge.setChallenge(token, text, signal);
    } catch (error) {
      this.#needed.delete(token);
      throw error;
    }
  }

  async remove(token: string, signal: AbortSignal): Promise<void> {
    this.#needed.delete(token);
    await this.#edge.removeChallenge(token, signal);
  }

  /** Tokens at the edge that this process does not need. */
  strays(): readonly string[] {
    return [...this.#edge.challenges()].filter((token) => !this.#needed.has(token));
  }

  async removeStrays(signal: AbortSignal): Promise<void> {
    for (const token of this.strays())
      if (!this.#needed.has(token)) await this.#edge.removeChallenge(token, signal);
  }
}
