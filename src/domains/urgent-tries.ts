/**
 * When somebody's wish to try at the authority at once is heard: now, or as soon as a minute has passed since the last one. A
 * wish that comes too early is put off and never lost: who mends a record seconds after a refusal asks once.
 */
import type { CertificateSubject } from "../domain/certificate.ts";
import { URGENT_EVERY_MS } from "./pauses.ts";

export class UrgentTries {
  readonly #atMs = new Map<CertificateSubject, number>();

  /** From when on it may be tried; `nowMs` itself: at once. Wishes before that moment are the same one. */
  wish(subject: CertificateSubject, nowMs: number): number {
    const lastMs = this.#atMs.get(subject) ?? -Infinity;
    const atMs = whenAfter(lastMs, nowMs);
    this.#atMs.set(subject, atMs);
    return atMs;
  }

  forget(subject: CertificateSubject): void {
    this.#atMs.delete(subject);
  }
}

function whenAfter(lastMs: number, nowMs: number): number {
  // The clock was set back meanwhile.
  if (lastMs > nowMs + URGENT_EVERY_MS) return nowMs;
  return lastMs > nowMs ? lastMs : Math.max(nowMs, lastMs + URGENT_EVERY_MS);
}
