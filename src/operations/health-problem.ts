/** What a health check failed by, in a few words, for whoever looks for the reason of an end. */
import { type Observed, type ProbeFailure, healthOf } from "./observed.ts";

/** Ready to be spread into a step; empty when its last check succeeded or there was none. */
export function healthMember(observed: Observed, instanceId: string): { readonly healthProblem?: string } {
  const { problem } = healthOf(observed, instanceId);
  return problem === null ? {} : { healthProblem: healthProblemText(problem) };
}

const TEXTS: Readonly<Record<ProbeFailure["problem"], string>> = {
  refused: "nothing listens on its port",
  timeout: "no answer in time",
  reset: "the connection was closed without an answer",
  status: "answered with an error",
  "invalid-answer": "answered with something that is not HTTP",
};

function healthProblemText({ problem, status }: ProbeFailure): string {
  return problem === "status" && status !== undefined ? `answered with status ${status}` : TEXTS[problem];
}
