/**
 * Works on one subject: observe, plan, one act, again, until the plan rests. Cycles of a subject never overlap, and
 * those of different subjects never wait for each other but for the few places where that is the purpose.
 *
 * INVARIANT: what is remembered here may be lost at any moment; the next cycle knows again what matters.
 */
import type { CertificateSubject } from "../domain/certificate.ts";
import { isSlipwayError } from "../domain/error.ts";
import { orAborted } from "../domain/or-aborted.ts";
import { IssuanceError } from "../ports/certificate-authority.ts";
import { PlacedAnswers } from "./challenge-answers.ts";
import { ServedWrong } from "./execute-serving.ts";
import { deadlineMs, execute, isAtAuthority } from "./executors.ts";
import type { KeeperContext } from "./keeper-context.ts";
import { observeSubject } from "./observe-subject.ts";
import { troublePauseMs } from "./pauses.ts";
import { planSubject } from "./plan-subject.ts";
import { recordFailedAttempt } from "./record-attempt.ts";
import type { Act } from "./step.ts";
import { type SubjectFacts, type SubjectMemory, freshMemory } from "./subject-facts.ts";

/** A plan that does not rest after so many acts goes in circles: a bug, to be slowed down and reported. */
const ROUNDS_MAX = 60;
/** While it waits for its turn, which it is told of; this is for the case that it is not. */
const TURN_MS = 60_000;

export class SubjectWorker {
  readonly #subject: CertificateSubject;
  readonly #context: KeeperContext;
  readonly #answers: PlacedAnswers;
  #memory: SubjectMemory;
  /** Taken up by the next round: an act under way would forget it with the wish that it began with. */
  #wish: "look" | "try" | null = null;
  #interruption = new AbortController();

  /** `verifyAtMs`: when to look at what was served before the start. */
  constructor(subject: CertificateSubject, context: KeeperContext, verifyAtMs: number) {
    this.#subject = subject;
    this.#context = context;
    this.#answers = new PlacedAnswers({ http: context.answers, zone: context.ports.zone });
    this.#memory = { ...freshMemory, verifyAtMs };
  }

  remember(change: Partial<SubjectMemory>): void {
    this.#memory = { ...this.#memory, ...change };
  }

  /** Somebody waits for an answer about its records, and maybe for a try at the authority. */
  hurry(urgency: "look" | "try"): void {
    if (this.#wish !== "try") this.#wish = urgency;
  }

  /** Ends the act that runs, if any: the domain is being taken away. */
  interrupt(): void {
    this.#interruption.abort(new Error("the domain is being taken away"));
    this.#interruption = new AbortController();
  }

  /** Returns until when there is nothing to do; null: nothing is left of the subject. Rejects only when it is ended. */
  async cycle(signal: AbortSignal): Promise<number | null> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      signal.throwIfAborted();
      const next = await this.#round(signal).catch((error: unknown) => {
        signal.throwIfAborted();
        return this.#troubled(error, "observe");
      });
      if (next !== "again") return next;
    }
    return this.#troubled(new Error(`the plan for ${this.#subject} does not come to rest`), "plan");
  }

  async #round(signal: AbortSignal): Promise<number | null | "again"> {
    const { clock } = this.#context.ports;
    this.#hearWish();
    const facts = await observeSubject(this.#subject, this.#context, this.#memory);
    if (facts === null) return null;
    const nowMs = clock.now();
    const step = planSubject(facts, nowMs);
    if (step.name !== "rest") return this.#act(step, facts, signal);
    const { trouble, urgency } = this.#memory;
    if (urgency !== null) this.remember({ urgency: null });
    const isOver = trouble !== null && nowMs >= trouble.retryAtMs;
    // What failed is not asked for any more: what was told of it is taken back before the rest.
    if (isOver) this.remember({ trouble: null });
    return isOver ? "again" : step.untilMs;
  }

  /** A look that is wished for while it tries does not take back the try: pressing twice would put it off by a minute. */
  #hearWish(): void {
    if (this.#wish === null) return;
    const urgency = this.#memory.urgency === "try" ? "try" : this.#wish;
    this.remember({ urgency, poll: { count: 0, atMs: 0 } });
    this.#wish = null;
  }

  async #act(step: Act, facts: SubjectFacts, signal: AbortSignal): Promise<number | "again"> {
    const deadline = AbortSignal.timeout(deadlineMs(step));
    const interruption = this.#interruption.signal;
    const within = AbortSignal.any([signal, deadline, interruption]);
    const execution = {
      facts,
      context: this.#context,
      remember: (change: Partial<SubjectMemory>) => this.remember(change),
      answers: this.#answers,
    };
    within.throwIfAborted();
    try {
      const goesOn = await orAborted(execute(step, { ...execution, signal: within }), within);
      if (this.#memory.trouble?.step === step.name) this.remember({ trouble: null });
      return goesOn ? "again" : this.#context.ports.clock.now() + TURN_MS;
    } catch (error) {
      signal.throwIfAborted();
      if (interruption.aborted) return "again";
      if (error instanceof IssuanceError || (deadline.aborted && isAtAuthority(step))) {
        const failure = error instanceof IssuanceError ? error : new IssuanceError("unavailable", NO_ANSWER);
        await recordFailedAttempt({ ...execution, signal }, failure);
        return "again";
      }
      const retryAtMs = this.#troubled(error, step.name);
      // What cannot be told is not told at once again.
      return step.name === "settle" ? retryAtMs : "again";
    }
  }

  #troubled(error: unknown, step: string): number {
    const { ports, onError } = this.#context;
    const count = (this.#memory.trouble?.count ?? 0) + 1;
    const retryAtMs = ports.clock.now() + troublePauseMs(count);
    this.remember({ trouble: { step, count, retryAtMs, message: messageOf(error) } });
    if (!isToldElsewhere(error)) onError(error, this.#subject);
    return retryAtMs;
  }
}

const NO_ANSWER = "The authority did not answer in time.";

function messageOf(error: unknown): string {
  if (isSlipwayError(error) || error instanceof ServedWrong) return error.message;
  return "Something went wrong on this machine; the log of the control plane says what.";
}

/** Outages of edge and store are told by those who watch them. */
function isToldElsewhere(error: unknown): boolean {
  if (isSlipwayError(error)) return error.entry === "EdgeUnavailable" || error.entry === "StoreUnavailable";
  return error instanceof ServedWrong;
}
