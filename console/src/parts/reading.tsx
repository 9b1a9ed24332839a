/** What a detail page shows until its answer is there, or when there will be none. */
import type { ReactNode } from "react";
import { PagePending } from "../app/page-states.tsx";
import { UnreadAlert } from "./unread-alert.tsx";

interface Answer<Data> {
  readonly data: Data | undefined;
  readonly error: { readonly message: string } | null;
  readonly refetch: () => unknown;
}

export interface ReadingProps<Data> {
  readonly answer: Answer<Data>;
  /** Said when it could not be read. */
  readonly failed: string;
  readonly children: (data: Data) => ReactNode;
}

export function Reading<Data>({ answer, failed, children }: ReadingProps<Data>) {
  if (answer.data !== undefined) return children(answer.data);
  if (answer.error === null) return <PagePending />;
  return <UnreadAlert failed={failed} message={answer.error.message} onRetry={answer.refetch} />;
}
