/** How somebody likes a table, kept in this browser. */
import { useKeptState } from "./kept-state.ts";

export interface TableColumnChoice {
  readonly id: string;
  readonly header: string;
  readonly isShown?: boolean;
}

export interface TableChoice {
  readonly pageSize: number;
  readonly columns: readonly { readonly id: string; readonly visible: boolean }[];
  readonly wrapsLines: boolean;
  readonly isDense: boolean;
}

export function useTablePreferences(id: string, columns: readonly TableColumnChoice[]) {
  const initial = columns.map((column) => ({ id: column.id, visible: column.isShown ?? true }));
  const [kept, keep] = useKeptState<TableChoice>(`table-${id}`, {
    pageSize: 50,
    columns: initial,
    wrapsLines: false,
    isDense: false,
  });
  return [{ ...kept, columns: withNewColumns(kept.columns, initial) }, keep] as const;
}

/** A newer release of the console may have other columns than the one in which the choice was made. */
function withNewColumns(kept: TableChoice["columns"], initial: TableChoice["columns"]) {
  const ids = new Set(initial.map(({ id }) => id));
  const known = kept.filter(({ id }) => ids.has(id));
  const keptIds = new Set(known.map(({ id }) => id));
  return [...known, ...initial.filter(({ id }) => !keptIds.has(id))];
}
