/**
 * Edits that were begun on a service as it was, carried over to the service as it is now. Of lists each name is taken for itself:
 * what somebody else put in stays, what they took away goes, unless it was edited here. Pure.
 */
import type { DraftChange, DraftEntry, ServiceDraft } from "../../../parts/service-fields/draft.ts";
import type { ExtensionTexts } from "../../../parts/service-fields/extension-specs.ts";
import { type DiffRow, diffOf } from "./draft-diff.ts";

export interface MergeWish {
  /** As the service was when the edits were made. */
  readonly base: ServiceDraft;
  /** As it is. */
  readonly current: ServiceDraft;
  readonly changes: DraftChange;
}

const LISTS = ["variables", "secrets", "tags"] as const;

export function mergedChanges({ base, current, changes }: MergeWish): DraftChange {
  const lists = LISTS.flatMap((key) => {
    const edited = changes[key];
    return edited === undefined ? [] : [[key, mergedRows(base[key], edited, current[key])] as const];
  });
  const { extensions } = changes;
  return {
    ...changes,
    ...Object.fromEntries(lists),
    ...(extensions !== undefined && {
      extensions: mergedExtensions(base.extensions, extensions, current.extensions),
    }),
  };
}

/** What is other than it was, and not what was wished here. `told`: what was told before; it keeps how it was then. */
export function changedByOthers(
  { base, current, changes }: MergeWish,
  told: readonly DiffRow[],
): readonly DiffRow[] {
  const own = new Map(diffOf(base, { ...base, ...changes }).map(({ id, after }) => [id, after]));
  const rows = diffOf(base, current).filter(({ id, after }) => own.get(id) !== after);
  const former = new Map(told.map((row) => [row.id, row]));
  for (const row of rows) former.set(row.id, { ...row, before: former.get(row.id)?.before ?? row.before });
  return [...former.values()];
}

/** Rows keep their order, and those that are half typed stay. */
function mergedRows(
  base: readonly DraftEntry[],
  edited: readonly DraftEntry[],
  current: readonly DraftEntry[],
): readonly DraftEntry[] {
  const [was, is] = [valuesOf(base), valuesOf(current)];
  const names = new Set(edited.map(({ name }) => name));
  const kept = edited.flatMap((row) => {
    if (was.get(row.name) !== row.value) return [row];
    const value = is.get(row.name);
    return value === undefined ? [] : [{ ...row, value }];
  });
  return [...kept, ...current.filter(({ name }) => !names.has(name) && !was.has(name))];
}

function mergedExtensions(
  base: ExtensionTexts,
  edited: ExtensionTexts,
  current: ExtensionTexts,
): ExtensionTexts {
  const rows = mergedRows(entriesOf(base), entriesOf(edited), entriesOf(current));
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

function entriesOf(texts: ExtensionTexts): readonly DraftEntry[] {
  return Object.entries(texts).map(([name, value]) => ({ name, value }));
}

function valuesOf(rows: readonly DraftEntry[]): ReadonlyMap<string, string> {
  return new Map(rows.map(({ name, value }) => [name, value]));
}
