/** What was made in another tab after a form led there is chosen by itself. */
import { useEffect, useRef } from "react";

/** What there was to choose, and what was chosen of it. */
export interface Choosable {
  readonly known: readonly string[];
  readonly chosen: string;
}

/** Undefined: nothing was made since, or who made it has chosen by hand meanwhile. */
export function newlyMade(before: Choosable, now: Choosable): string | undefined {
  if (now.chosen !== before.chosen) return undefined;
  return now.known.find((one) => !before.known.includes(one));
}

/**
 * `known`: what can be chosen; undefined while nobody knows. Returns what to do when the other tab is opened: what is known
 * then is not new.
 */
export function useNewlyMade(
  known: readonly string[] | undefined,
  chosen: string,
  choose: (value: string) => void,
): () => void {
  const before = useRef<Choosable | null>(null);
  useEffect(() => {
    const made = before.current && known && newlyMade(before.current, { known, chosen });
    if (typeof made !== "string") return;
    before.current = null;
    choose(made);
  });
  return () => {
    before.current = known === undefined ? null : { known, chosen };
  };
}
