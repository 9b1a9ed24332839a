/** Which messages go when one goes to another page: those about the page one leaves. */

/** A message that was made so shortly before leads to the new page: "created", and the page of what was. */
const JUST_MADE_MS = 1_000;

export interface Message {
  readonly type: "success" | "info" | "warning" | "error";
  readonly madeAtMs: number;
}

/** Of whatever type: on another page it is out of place, and may be untrue by then. */
export function staysOnLeaving({ madeAtMs }: Pick<Message, "madeAtMs">, nowMs: number): boolean {
  return nowMs - madeAtMs < JUST_MADE_MS;
}

/** The page of a path: the tabs of a service are one page. */
export function pageOfPath(path: string): string {
  return path.split("/").slice(1, 3).join("/");
}
