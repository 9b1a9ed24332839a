/**
 * Gathers the questions that a page asks within a moment, so that they are one call. Each is asked once, however many controls
 * wait for its answer.
 */

export interface PermissionQuestion {
  readonly Action: string;
  readonly Resource?: string;
}

/** As `Slipway.CheckPermissions` takes and answers them: in the same order. */
export type AskAll = (questions: readonly PermissionQuestion[]) => Promise<readonly boolean[]>;

interface Waiting {
  readonly question: PermissionQuestion;
  readonly answer: Promise<boolean>;
  readonly resolve: (isPossible: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** The operation takes no more. */
const MOST = 100;
/** Controls of a page are drawn within it. */
const GATHERED_MS = 20;

export class PermissionBatch {
  readonly #askAll: AskAll;
  readonly #after: (act: () => void, ms: number) => unknown;
  #waiting = new Map<string, Waiting>();

  constructor(askAll: AskAll, after: (act: () => void, ms: number) => unknown = waitMs) {
    this.#askAll = askAll;
    this.#after = after;
  }

  ask(question: PermissionQuestion): Promise<boolean> {
    const key = `${question.Action} ${question.Resource ?? ""}`;
    const known = this.#waiting.get(key);
    if (known !== undefined) return known.answer;
    if (this.#waiting.size === 0) this.#after(() => this.#send(), GATHERED_MS);
    const { promise: answer, resolve, reject } = Promise.withResolvers<boolean>();
    this.#waiting.set(key, { question, answer, resolve, reject });
    return answer;
  }

  #send(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting = new Map();
    for (let from = 0; from < waiting.length; from += MOST) {
      void this.#sendSome(waiting.slice(from, from + MOST));
    }
  }

  async #sendSome(waiting: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#askAll(waiting.map(({ question }) => question));
      // What is not answered is not known, and the server decides anyway.
      for (const [index, { resolve }] of waiting.entries()) resolve(answers[index] ?? true);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}

/** Browsers' own refuses to be called as somebody's method. */
function waitMs(act: () => void, ms: number): void {
  setTimeout(act, ms);
}
