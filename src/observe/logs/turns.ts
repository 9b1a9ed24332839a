/**
 * Lets many that compute for a few milliseconds each go one after the other, with everything else that waits for the event
 * loop in between: five hundred instances that start at once would hold it for a second.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves when it is the caller's turn; what it does at once afterwards is alone in that turn of the loop. */
  async next(): Promise<void> {
    const turn = this.#last.then(async () => nextTurn());
    this.#last = turn;
    await turn;
  }
}
