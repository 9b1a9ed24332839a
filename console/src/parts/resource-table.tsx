/**
 * A list of things, as every page shows one: a table with a text filter, sorting, pages, selection and preferences that this
 * browser keeps; cards on a phone. It says by itself that it is loading, empty, without a match, or could not be read.
 */
import Box from "@cloudscape-design/components/box";
import Cards from "@cloudscape-design/components/cards";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useCollection } from "@cloudscape-design/collection-hooks";
import { lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { loadPart } from "../app/load-part.ts";
import { tables } from "../texts.ts";
import { EmptyList, NoMatch, StaleNotice, UnreadList } from "./resource-table-states.tsx";
import { useNarrow } from "./use-narrow.ts";
import { useTablePreferences } from "./use-table-preferences.ts";

const TablePreferences = lazy(loadPart(() => import("./table-preferences.tsx")));

export interface ResourceColumn<T> {
  readonly id: string;
  readonly header: string;
  /** What the filter searches, what is sorted by unless `sortBy` is given, and what is shown unless `cell` is. */
  readonly text: (item: T) => string;
  readonly cell?: (item: T) => ReactNode;
  /** For numbers and moments. */
  readonly sortBy?: (item: T) => number | string;
  /** False: it holds nothing that has an order, for example a button. */
  readonly isSortable?: boolean;
  /** False: only after it was chosen in the preferences. */
  readonly isShown?: boolean;
  readonly minWidth?: number;
  readonly width?: number;
}

/** An answer of `useRead` or `useReadAll`, or what a page made of one. */
export interface ListState<T> {
  readonly data: readonly T[] | undefined;
  readonly isPending: boolean;
  readonly error: { readonly message: string } | null;
  readonly refetch: () => unknown;
}

export interface ResourceTableProps<T> {
  /** Under which the preferences are kept; unique among all tables. */
  readonly id: string;
  /** For example `Certificates`. */
  readonly title: string;
  readonly description?: ReactNode;
  readonly list: ListState<T>;
  readonly keyOf: (item: T) => string;
  /** The first one names the row: it is always shown, and the heading of the card. */
  readonly columns: readonly ResourceColumn<T>[];
  /** Column id; a `-` before it means downwards. The order of the data unless given. */
  readonly sortedBy?: string;
  readonly empty: { readonly title: string; readonly text?: ReactNode; readonly action?: ReactNode };
  readonly selection?: "single" | "multi";
  /** Key of the row under which this one is folded away; null: it stands by itself. Not on a phone. */
  readonly parentOf?: (item: T) => string | null;
  /** Buttons above the list, given what is selected. */
  readonly actions?: (selected: readonly T[]) => ReactNode;
  /** Told which entries the page shows, for what is asked about these alone. */
  readonly onPage?: (items: readonly T[]) => void;
  /** More filters beside the text's, for example a Select. They filter `list.data` themselves. */
  readonly filters?: ReactNode;
  /** The count beside the title, when it is not simply that of the entries. */
  readonly counter?: string;
  readonly variant?: "container" | "full-page" | "borderless" | "embedded";
  readonly headingLevel?: "h1" | "h2" | "h3";
}

export function ResourceTable<T>(props: ResourceTableProps<T>) {
  const { id, title, list, keyOf, columns, empty, selection } = props;
  const items = list.data ?? NOTHING;
  const definitions = columns.map(toDefinition);
  const [preferences, keep] = useTablePreferences(id, columns);
  const isNarrow = useNarrow();
  const collection = useCollection<T>(items, {
    filtering: {
      fields: [],
      filteringFunction: (item, text) => matches(columns, item, text),
    },
    pagination: { pageSize: preferences.pageSize },
    sorting: initialSorting(definitions, props.sortedBy),
    selection: { trackBy: keyOf, keepSelection: true },
    ...(props.parentOf === undefined || isNarrow
      ? {}
      : { expandableRows: { getId: keyOf, getParentId: props.parentOf } }),
  });
  const { selectedItems = [], ...collectionProps } = collection.collectionProps;
  const selected = stillThere(selectedItems, items, keyOf);
  const count = collection.filteredItemsCount ?? items.length;
  useToldPage(collection.items, keyOf, props.onPage);
  const emptyState = () => {
    if (items.length > 0) return <NoMatch onClear={() => collection.actions.setFiltering("")} />;
    return list.error ? <UnreadList title={title} list={list} /> : <EmptyList {...empty} />;
  };
  const common = {
    header: (
      <Header
        variant={props.headingLevel ?? "h2"}
        description={props.description}
        counter={props.counter ?? (list.data && `(${items.length})`)}
        actions={props.actions?.(selected)}
      >
        {title}
      </Header>
    ),
    filter: (
      <div className="table-filters">
        <TextFilter
          {...collection.filterProps}
          filteringAriaLabel={tables.find(title)}
          filteringPlaceholder={tables.find(title)}
          countText={tables.matches(count)}
        />
        {props.filters}
      </div>
    ),
    pagination: count > preferences.pageSize ? <Pagination {...collection.paginationProps} /> : null,
    preferences: (
      <Suspense fallback={null}>
        <TablePreferences preferences={preferences} keep={keep} columns={columns} />
      </Suspense>
    ),
    empty: emptyState(),
    loading: list.isPending,
    loadingText: tables.loading(title),
    selectedItems: selected,
    ...(selection === undefined ? {} : { selectionType: selection }),
    ariaLabels: {
      tableLabel: title,
      selectionGroupLabel: tables.selection(title),
      itemSelectionLabel: (_: unknown, item: T) => tables.selectOne(columns[0]?.text(item) ?? ""),
      allItemsSelectionLabel: () => tables.selectAll(title),
    },
  };
  const staleNotice = list.error && list.data ? <StaleNotice list={list} /> : null;
  if (isNarrow) {
    const [first, ...others] = columns;
    return (
      <>
        {staleNotice}
        <Cards<T>
          {...collectionProps}
          {...common}
          ariaLabels={{ ...common.ariaLabels, cardsLabel: title }}
          items={collection.items}
          cardDefinition={{
            header: (item) => first && <Box fontWeight="bold">{shownCell(first, item)}</Box>,
            sections: others.map((column) => ({
              id: column.id,
              header: column.header,
              content: (item: T) => shownCell(column, item),
            })),
          }}
          visibleSections={shownIds(preferences.columns).slice(1)}
          {...(props.variant === "full-page" ? { variant: "full-page" } : {})}
        />
      </>
    );
  }
  return (
    <>
      {staleNotice}
      <Table<T>
        {...collectionProps}
        {...common}
        items={collection.items}
        columnDefinitions={definitions}
        columnDisplay={preferences.columns}
        contentDensity={preferences.isDense ? "compact" : "comfortable"}
        wrapLines={preferences.wrapsLines}
        variant={props.variant ?? "container"}
        resizableColumns={false}
        enableKeyboardNavigation
      />
    </>
  );
}

const NOTHING: readonly never[] = [];
/** Made once: a thousand rows are compared ten thousand times. */
const COLLATOR = new Intl.Collator("en", { numeric: true });

/** Once for each set of entries, however often they are drawn. */
function useToldPage<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  tell: ResourceTableProps<T>["onPage"],
): void {
  const page = items.map(keyOf).join("\n");
  const told = useRef("");
  useEffect(() => {
    if (told.current === page) return;
    told.current = page;
    tell?.(items);
  });
}

function toDefinition<T>(column: ResourceColumn<T>, index: number): TableProps.ColumnDefinition<T> {
  const { id, header, minWidth, width, isSortable = true } = column;
  return {
    id,
    header,
    isRowHeader: index === 0,
    cell: (item) => shownCell(column, item),
    ...(isSortable && {
      sortingField: id,
      sortingComparator: (one: T, other: T) => compare(sortValue(column, one), sortValue(column, other)),
    }),
    ...(minWidth === undefined ? {} : { minWidth }),
    ...(width === undefined ? {} : { width }),
  };
}

function shownCell<T>(column: ResourceColumn<T>, item: T): ReactNode {
  return (column.cell ?? column.text)(item);
}

function sortValue<T>(column: ResourceColumn<T>, item: T): number | string {
  return (column.sortBy ?? column.text)(item);
}

function compare(one: number | string, other: number | string): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return COLLATOR.compare(String(one), String(other));
}

function matches<T>(columns: readonly ResourceColumn<T>[], item: T, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return columns.some((column) => column.text(item).toLowerCase().includes(wanted));
}

function initialSorting<T>(
  definitions: readonly TableProps.ColumnDefinition<T>[],
  sortedBy: string | undefined,
) {
  const id = sortedBy?.replace(/^-/, "");
  const sortingColumn = definitions.find((definition) => definition.id === id);
  if (sortingColumn === undefined) return {};
  return { defaultState: { sortingColumn, isDescending: sortedBy?.startsWith("-") ?? false } };
}

/** As they are now, without those that went away. */
function stillThere<T>(selected: readonly T[], items: readonly T[], keyOf: (item: T) => string): T[] {
  const keys = new Set(selected.map(keyOf));
  return items.filter((item) => keys.has(keyOf(item)));
}

function shownIds(columns: readonly { readonly id: string; readonly visible: boolean }[]): string[] {
  return columns.filter(({ visible }) => visible).map(({ id }) => id);
}
