/** State machines as data: one table says which state may follow which; one function refuses everything else. */

export type StateTable<State extends string> = Readonly<Record<State, readonly State[]>>;

/** Raised for a change the table forbids: always a bug of ours, never of a caller. */
export class IllegalTransition extends Error {
  override readonly name = "IllegalTransition";

  constructor(kind: string, from: string, to: string) {
    super(`${kind}: ${from} may not become ${to}`);
  }
}

/** Returns `to` when the table allows it after `from`, else throws IllegalTransition. Staying is always allowed. */
export function transition<State extends string>(
  kind: string,
  table: StateTable<State>,
  from: State,
  to: State,
): State {
  if (from !== to && !table[from].includes(to)) throw new IllegalTransition(kind, from, to);
  return to;
}

/** A state that nothing may follow. */
export function isTerminal<State extends string>(table: StateTable<State>, state: State): boolean {
  return table[state].length === 0;
}
