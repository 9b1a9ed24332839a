/** What an executor gets. */
import type { CertificateFacts } from "./certificate-choice.ts";
import type { KeeperContext } from "./keeper-context.ts";
import type { SubjectFacts, SubjectMemory } from "./subject-facts.ts";

export interface Execution {
  readonly facts: SubjectFacts;
  readonly context: KeeperContext;
  /** Also the act's deadline. */
  readonly signal: AbortSignal;
  readonly remember: (change: Partial<SubjectMemory>) => void;
  /** Answers to challenges that this process has put in place, to be taken away again. */
  readonly answers: ChallengeAnswers;
}

export interface ChallengeAnswers {
  put(answer: ChallengeAnswer, signal: AbortSignal): Promise<void>;
  removeAll(signal: AbortSignal): Promise<void>;
}

export type ChallengeAnswer =
  | { readonly kind: "http"; readonly token: string; readonly text: string }
  | { readonly kind: "dns"; readonly label: string; readonly text: string };

export function neededCertificate({ chosen, subject }: SubjectFacts): CertificateFacts {
  if (chosen === null) throw new Error(`${subject} has no certificate`);
  return chosen;
}
