/** Where somebody is signed in to the console, with ways to end it. */
import Badge from "@cloudscape-design/components/badge";
import type { ReactNode } from "react";
import type { SessionEntry } from "../api/session.ts";
import { account } from "../texts.ts";
import { browserName } from "./browser-name.ts";
import { exactMoment, Moment } from "./moment.tsx";
import { type ListState, ResourceTable } from "./resource-table.tsx";

export interface SessionTableProps {
  /** Under which the table's preferences are kept. */
  readonly id: string;
  readonly description: string;
  readonly list: ListState<SessionEntry>;
  /** Buttons for all of them. */
  readonly actions: ReactNode;
  /** The button that ends one; `label` tells them apart. */
  readonly end: (id: string, label: string) => ReactNode;
}

export function SessionTable({ id, description, list, actions, end }: SessionTableProps) {
  return (
    <ResourceTable
      id={id}
      title={account.sessions}
      description={description}
      list={list}
      keyOf={(session) => session.id}
      empty={{ title: account.noSessions }}
      variant="container"
      headingLevel="h2"
      actions={() => actions}
      columns={[
        {
          id: "browser",
          header: account.browser,
          text: ({ userAgent }) => browserName(userAgent ?? account.unknown),
        },
        {
          id: "from",
          header: account.from,
          text: ({ sourceAddress }) => sourceAddress ?? account.unknown,
        },
        moment("started", account.started, ({ startedAt }) => startedAt),
        moment("seen", account.lastSeen, ({ lastSeenAt }) => lastSeenAt),
        {
          id: "method",
          header: account.signedInBy,
          text: ({ method }) => account.methods[method] ?? method,
        },
        {
          id: "end",
          header: account.actions,
          text: () => "",
          cell: (session) =>
            session.isThis ? (
              <Badge color="blue">{account.thisOne}</Badge>
            ) : (
              end(session.id, account.endLabel(exactMoment(secondsOf(session.startedAt))))
            ),
        },
      ]}
    />
  );
}

function moment(id: string, header: string, textOf: (entry: SessionEntry) => string) {
  return {
    id,
    header,
    text: (entry: SessionEntry) => exactMoment(secondsOf(textOf(entry))),
    cell: (entry: SessionEntry) => <Moment seconds={secondsOf(textOf(entry))} />,
    sortBy: (entry: SessionEntry) => textOf(entry),
  };
}

function secondsOf(text: string): number {
  return Date.parse(text) / 1_000;
}
