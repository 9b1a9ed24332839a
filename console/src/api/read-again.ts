/**
 * After an operation everything on the page is read again, for it may have changed more than it names. Unless what the page shows
 * is gone by it: then the page would ask for what is not there any more, while the next one is on its way.
 */
import type { QueryClient, QueryKey } from "@tanstack/react-query";

export function readAgain(leavesPage: boolean | undefined, error: Error | null) {
  return { refetchType: leavesPage === true && error === null ? "none" : "active" } as const;
}

/**
 * Whether what the page shows is being taken away, or is gone while the page still stands: what others tell of it must not have it
 * read then. A page that went takes its operation along.
 */
export function isLeaving(client: QueryClient): boolean {
  return client
    .getMutationCache()
    .getAll()
    .some(
      ({ meta, state }) => meta?.["leavesPage"] === true && ["pending", "success"].includes(state.status),
    );
}

/** Takes something away; what is being read of it is given up before, for the answer may be that it is not there. */
export async function takeAway<Done>(
  client: QueryClient,
  read: QueryKey,
  act: () => Promise<Done>,
): Promise<Done> {
  await client.cancelQueries({ queryKey: read });
  return act();
}
