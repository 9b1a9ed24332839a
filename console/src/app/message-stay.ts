/** Which messages go when one goes to another page: those about the page one leaves. */

/** A message that was made so shortly before leads to the new page: "created", and the page of what was. */
const JUST_MADE_MS = 1_000;

export interface Message {
  readonly type: "success" | "info" | "warning" | "error";
  readonly madeAtMs: number;
}

/** A success goes by itself, in a moment. */
export function staysOnLeaving({ type, madeAtMs }: Message, nowMs: number): boolean {
  return type === "success" || nowMs - madeAtMs < JUST_MADE_MS;
}

/** The page of a path: the tabs of a service are one page. */
export function pageOfPath(path: string): string {
  return path.split("/").slice(1, 3).join("/");
}
