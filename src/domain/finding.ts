/** One line of a diagnosis. Pure. */

export interface Finding {
  readonly severity: "error" | "warning" | "info";
  /** One sentence: what is. */
  readonly summary: string;
  /** What to do; null where nothing has to be done. */
  readonly advice: string | null;
  /** The operation that tells the whole story; absent where none does. */
  readonly operationId?: string;
}

export function error(summary: string, advice: string | null): Finding {
  return { severity: "error", summary, advice };
}

export function warning(summary: string, advice: string | null): Finding {
  return { severity: "warning", summary, advice };
}

export function info(summary: string, advice: string | null): Finding {
  return { severity: "info", summary, advice };
}

/** "1 instance", "3 instances". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
