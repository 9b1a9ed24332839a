/**
 * The statements of all policies of one identity, found by action and resource: of a thousand policies only those are looked
 * at that may have a say. What was found for a resource is kept for the next call about it.
 */
import type { CompiledStatement } from "../domain/policy/compiled-policy.ts";

export interface Selection {
  readonly statements: readonly CompiledStatement[];
  /** Lower-case keys of the context that these ask for. */
  readonly keys: ReadonlySet<string>;
}

/** More than there are actions that anything asks for. */
const ACTIONS_MAX = 512;
/** Of an identity. Who asks often asks about few resources. */
const SELECTIONS_MAX = 64;

export class StatementIndex {
  readonly #statements: readonly CompiledStatement[];
  readonly #byAction = new Map<string, readonly CompiledStatement[]>();
  readonly #selections = new Map<string, Selection>();

  constructor(statements: readonly CompiledStatement[]) {
    this.#statements = statements;
  }

  select(action: string, resource: string): Selection {
    const question = `${action} ${resource}`;
    const known = this.#selections.get(question);
    if (known !== undefined) return known;
    const statements = this.#covering(action).filter(({ mayConcern }) => mayConcern(resource));
    const selection = { statements, keys: keysOf(statements) };
    if (this.#selections.size >= SELECTIONS_MAX) this.#selections.clear();
    this.#selections.set(question, selection);
    return selection;
  }

  /** Whatever the resource. */
  selectAll(action: string): Selection {
    const statements = this.#covering(action);
    return { statements, keys: keysOf(statements) };
  }

  #covering(action: string): readonly CompiledStatement[] {
    const known = this.#byAction.get(action);
    if (known !== undefined) return known;
    const lowered = action.toLowerCase();
    const statements = this.#statements.filter(({ covers }) => covers(lowered));
    if (this.#byAction.size >= ACTIONS_MAX) this.#byAction.clear();
    this.#byAction.set(action, statements);
    return statements;
  }
}

function keysOf(statements: readonly CompiledStatement[]): ReadonlySet<string> {
  return new Set(statements.flatMap(({ keys }) => keys));
}
