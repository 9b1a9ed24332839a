/**
 * A draft that was left half-way, kept for this tab and this person. It holds references of secrets, never their values: those
 * are not in a draft.
 */
import { emptyDraft, type ServiceDraft } from "../../parts/service-fields/draft.ts";

const PREFIX = "slipway-create-";

export interface KeptDraft {
  readonly draft: ServiceDraft;
  readonly stepIndex: number;
}

/** Null: nothing was kept, or it cannot be read any more. */
export function readDraft(userArn: string): KeptDraft | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(PREFIX + userArn) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const { draft = {}, stepIndex = 0 } = kept as Partial<KeptDraft>;
    return { draft: { ...emptyDraft, ...draft }, stepIndex };
  } catch {
    return null;
  }
}

export function keepDraft(userArn: string, kept: KeptDraft): void {
  sessionStorage.setItem(PREFIX + userArn, JSON.stringify(kept));
}

export function dropDraft(userArn: string): void {
  sessionStorage.removeItem(PREFIX + userArn);
}
