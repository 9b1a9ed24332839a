/** Where somebody says how they like a table: rows per page, columns and their order, density. Large, so it comes after the table. */
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import { tables } from "../texts.ts";
import type { TableChoice, TableColumnChoice } from "./use-table-preferences.ts";

const PAGE_SIZES = [20, 50, 100, 200];
const words = tables.preferences;

interface TablePreferencesProps {
  readonly preferences: TableChoice;
  readonly keep: (choice: TableChoice) => void;
  readonly columns: readonly TableColumnChoice[];
}

export default function TablePreferences({ preferences, keep, columns }: TablePreferencesProps) {
  return (
    <CollectionPreferences
      title={words.title}
      confirmLabel={words.confirm}
      cancelLabel={words.cancel}
      preferences={{
        pageSize: preferences.pageSize,
        contentDisplay: preferences.columns,
        wrapLines: preferences.wrapsLines,
        contentDensity: preferences.isDense ? "compact" : "comfortable",
      }}
      onConfirm={({ detail }) =>
        keep({
          pageSize: detail.pageSize ?? preferences.pageSize,
          columns: (detail.contentDisplay ?? preferences.columns).map(({ id, visible }) => ({ id, visible })),
          wrapsLines: detail.wrapLines ?? false,
          isDense: detail.contentDensity === "compact",
        })
      }
      pageSizePreference={{
        title: words.pageSize,
        options: PAGE_SIZES.map((value) => ({ value, label: words.rows(value) })),
      }}
      wrapLinesPreference={{ label: words.wrap, description: words.wrapHelp }}
      contentDensityPreference={{ label: words.dense, description: words.denseHelp }}
      contentDisplayPreference={{
        title: words.columns,
        description: words.columnsHelp,
        options: columns.map(({ id, header }, index) => ({ id, label: header, alwaysVisible: index === 0 })),
      }}
    />
  );
}
