/** What a list shows when it has no rows to show. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { tables } from "../texts.ts";
import { UnreadAlert } from "./unread-alert.tsx";

interface Unread {
  readonly error: { readonly message: string } | null;
  readonly refetch: () => unknown;
}

export interface EmptyListProps {
  readonly title: string;
  readonly text?: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyList({ title, text, action }: EmptyListProps) {
  return (
    <Box textAlign="center" color="inherit" padding={{ vertical: "l" }}>
      <SpaceBetween size="s">
        <Box variant="strong" color="inherit">
          {title}
        </Box>
        {text === undefined ? null : <Box color="text-body-secondary">{text}</Box>}
        {action}
      </SpaceBetween>
    </Box>
  );
}

export function NoMatch({ onClear }: { readonly onClear: () => void }) {
  return (
    <EmptyList
      title={tables.noMatchTitle}
      text={tables.noMatchText}
      action={
        <Button formAction="none" onClick={onClear}>
          {tables.clearFilter}
        </Button>
      }
    />
  );
}

export function UnreadList({ title, list }: { readonly title: string; readonly list: Unread }) {
  return (
    <UnreadAlert failed={tables.failed(title)} message={list.error?.message ?? ""} onRetry={list.refetch} />
  );
}

/** The entries are those of an earlier answer. */
export function StaleNotice({ list }: { readonly list: Unread }) {
  return (
    <Alert
      type="warning"
      header={tables.stale}
      action={
        <Button formAction="none" onClick={() => void list.refetch()}>
          {tables.tryAgain}
        </Button>
      }
    >
      {list.error?.message}
    </Alert>
  );
}
