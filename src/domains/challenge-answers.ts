/** Answers to challenges of one order: put in place once, and taken away when the order has ended. */
import type { ChallengeAnswer, ChallengeAnswers } from "./execution.ts";
import type { DomainPorts } from "./domain-ports.ts";

export class PlacedAnswers implements ChallengeAnswers {
  readonly #ports: Pick<DomainPorts, "edge" | "zone">;
  readonly #placed = new Map<string, ChallengeAnswer>();

  constructor(ports: Pick<DomainPorts, "edge" | "zone">) {
    this.#ports = ports;
  }

  async put(answer: ChallengeAnswer, signal: AbortSignal): Promise<void> {
    const key = JSON.stringify(answer);
    if (this.#placed.has(key)) return;
    if (answer.kind === "http") await this.#ports.edge.setChallenge(answer.token, answer.text, signal);
    else this.#ports.zone?.put(answer.label, answer.text);
    this.#placed.set(key, answer);
  }

  async removeAll(signal: AbortSignal): Promise<void> {
    for (const [key, answer] of this.#placed) {
      if (answer.kind === "http") await this.#ports.edge.removeChallenge(answer.token, signal);
      else this.#ports.zone?.remove(answer.label, answer.text);
      this.#placed.delete(key);
    }
  }
}
