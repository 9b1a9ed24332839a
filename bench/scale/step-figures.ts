/** What the answers to a load with a step tell of the scaling. */
import type { TimedAnswer } from "../../test/support/load.ts";
import { quantile } from "../support/summary.ts";

export type AnswerKey =
  | "p50Ms"
  | "p99Ms"
  | "over1s"
  | "failed429"
  | "failed503"
  | "failedOther"
  | "failedShare";
export type StepKey = "firstMs" | "neededMs";

export function answerFigures(answers: readonly TimedAnswer[]): Readonly<Record<AnswerKey, number>> {
  const latencies = answers.filter(({ status }) => status === 200).map(({ latencyMs }) => latencyMs);
  const failed = answers.filter(({ failure }) => failure !== null);
  const having = (status: number) => failed.filter((answer) => answer.status === status).length;
  return {
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    over1s: latencies.filter((latencyMs) => latencyMs > 1_000).length,
    failed429: having(429),
    failed503: having(503),
    failedOther: failed.length - having(429) - having(503),
    failedShare: (100 * failed.length) / answers.length,
  };
}

/** Milliseconds from the step until the first new instance answered, and until so many had in all. */
export function stepFigures(
  answers: readonly TimedAnswer[],
  { stepMs, needed }: { readonly stepMs: number; readonly needed: number },
): Readonly<Record<StepKey, number>> {
  const seen = new Map<string, number>();
  for (const { instance, status, dueMs, latencyMs } of answers) {
    if (instance === null || status !== 200) continue;
    seen.set(instance, Math.min(seen.get(instance) ?? Infinity, dueMs + latencyMs));
  }
  const firsts = [...seen.values()].toSorted((a, b) => a - b);
  return { firstMs: (firsts[1] ?? Infinity) - stepMs, neededMs: (firsts[needed - 1] ?? Infinity) - stepMs };
}
