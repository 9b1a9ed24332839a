/** Which subjects there are and which certificate each uses, in memory, kept by whoever looks at one or changes one. */
import type { CertificateSubject } from "../domain/certificate.ts";

export interface IndexedSubject {
  /** Names that need the certificate now; empty for a subject that is gone and only keeps it. */
  readonly names: readonly string[];
  readonly certificateId: string | null;
  /** A handshake showed the right one. */
  readonly isServed: boolean;
}

export class SubjectIndex {
  readonly #subjects = new Map<CertificateSubject, IndexedSubject>();

  set(subject: CertificateSubject, indexed: IndexedSubject): void {
    this.#subjects.set(subject, indexed);
  }

  delete(subject: CertificateSubject): void {
    this.#subjects.delete(subject);
  }

  get(subject: CertificateSubject): IndexedSubject | null {
    return this.#subjects.get(subject) ?? null;
  }

  entries(): Iterable<[CertificateSubject, IndexedSubject]> {
    return this.#subjects.entries();
  }

  /** Names that are served with a certificate, sorted. */
  namesUsing(certificateId: string): readonly string[] {
    const names = new Set<string>();
    for (const indexed of this.#subjects.values()) {
      if (indexed.certificateId === certificateId) for (const name of indexed.names) names.add(name);
    }
    return [...names].toSorted();
  }
}
