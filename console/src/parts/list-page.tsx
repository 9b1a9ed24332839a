/** A page that is one list and a way to make one more: its title, the table, the button above it and in its stead while it is empty. */
import type { ReactNode } from "react";
import { Page } from "../app/page.tsx";
import { useCreateForm } from "./create-form.ts";
import { Moment } from "./moment.tsx";
import { PermittedButton, type PermittedButtonProps } from "./permitted-button.tsx";
import { type ResourceColumn, ResourceTable, type ResourceTableProps } from "./resource-table.tsx";

export interface ListPageProps<T> extends Pick<
  ResourceTableProps<T>,
  "id" | "title" | "list" | "keyOf" | "columns" | "filters"
> {
  readonly description: string;
  readonly none: { readonly title: string; readonly text: string };
  readonly create: { readonly needs: PermittedButtonProps["needs"]; readonly text: string };
  /** What asks for the new one. */
  readonly form: (onClose: () => void) => ReactNode;
}

export function ListPage<T>({ description, none, create, form, ...table }: ListPageProps<T>) {
  const creating = useCreateForm(table.id);
  const button = (
    <PermittedButton needs={create.needs} variant="primary" onClick={creating.open}>
      {create.text}
    </PermittedButton>
  );
  return (
    <Page title={table.title} description={description}>
      <ResourceTable<T>
        {...table}
        sortedBy="name"
        empty={{ ...none, action: button }}
        actions={() => button}
      />
      {creating.isOpen ? form(creating.close) : null}
    </Page>
  );
}

/** When something was, found by nobody's words. `none` stands where it never was. */
export function momentColumn<T>(
  id: string,
  header: string,
  secondsOf: (item: T) => number | undefined,
  none?: string,
): ResourceColumn<T> {
  return {
    id,
    header,
    text: () => "",
    sortBy: (item) => secondsOf(item) ?? 0,
    cell: (item) => {
      const seconds = secondsOf(item);
      return seconds === undefined && none !== undefined ? none : <Moment seconds={seconds} />;
    },
  };
}
