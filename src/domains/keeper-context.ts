/** What all parts of the keeper share. */
import type { CertificateSubject } from "../domain/certificate.ts";
import type { CertificateShelf } from "./certificate-shelf.ts";
import type { DomainOptions, DomainPorts } from "./domain-ports.ts";
import type { DomainStory } from "./domain-story.ts";
import type { HttpAnswers } from "./http-answers.ts";
import type { Limiter } from "./limiter.ts";
import type { LoadedNames } from "./loaded-names.ts";
import type { OrderPlaces } from "./order-places.ts";
import type { SubjectIndex } from "./subject-index.ts";

export interface KeeperContext {
  readonly ports: DomainPorts;
  readonly options: DomainOptions;
  readonly shelf: CertificateShelf;
  readonly index: SubjectIndex;
  readonly loaded: LoadedNames;
  readonly answers: HttpAnswers;
  readonly story: DomainStory;
  readonly places: OrderPlaces<CertificateSubject>;
  readonly limits: {
    readonly lookups: Limiter;
    readonly authority: Limiter;
    readonly edge: Limiter;
  };
  /** Under the zone, for the platform's own names. */
  readonly platformLabel: () => string;
  /** There may be certificates that nobody uses any more. */
  readonly onReplaced: () => void;
  /** What is missing for a certificate of the platform's own names, which no service's log tells; null: nothing more. */
  readonly onPlatformProblem: (problem: string | null) => void;
  /** For what nobody else will tell. */
  readonly onError: (error: unknown, subject: CertificateSubject | null) => void;
}
