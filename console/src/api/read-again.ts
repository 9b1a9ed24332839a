/**
 * After an operation everything on the page is read again, for it may have changed more than it names. Not what it took away: all
 * that the page shows, while the next page is on its way, or single answers about a row that leaves its list.
 */
import {
  type InvalidateQueryFilters,
  matchQuery,
  type Query,
  type QueryClient,
  type QueryKey,
} from "@tanstack/react-query";
import type { Input, Target } from "./wire.ts";

/** What is asked of one thing: an operation and its input, or what of the input names the thing. */
export type Question = { [T in Target]: readonly [target: T, input: Partial<Input<T>>] }[Target];

interface Reading {
  /** What the page shows is gone then: the next page reads, this one does not any more. */
  readonly leavesPage?: boolean | undefined;
  /** Questions that nothing answers any more. */
  readonly taken?: readonly Question[] | undefined;
  readonly error: Error | null;
}

export function readAgain({ leavesPage, taken = [], error }: Reading): InvalidateQueryFilters {
  if (error !== null) return { refetchType: "active" };
  return {
    refetchType: leavesPage === true ? "none" : "active",
    predicate: (query) => !asksAny(query, taken),
  };
}

/** What an operation says of itself, for those who read again meanwhile. */
export interface ActMeta extends Record<string, unknown> {
  readonly leavesPage: boolean;
  readonly takes: ((input: never) => readonly Question[]) | undefined;
}

/**
 * Whether the answer is of what is being taken away, or is gone while the page still shows it: what others tell of it must not have
 * it read then. An operation is under way until the page has read again, and goes with a page that went.
 */
export function isGoing(client: QueryClient, query: Query): boolean {
  return client
    .getMutationCache()
    .getAll()
    .some(({ meta, state: { status, variables } }) => {
      const { leavesPage, takes } = (meta ?? {}) as Partial<ActMeta>;
      if (leavesPage === true) return status === "pending" || status === "success";
      return status === "pending" && asksAny(query, takes?.(variables as never) ?? []);
    });
}

function asksAny(query: Query, questions: readonly Question[]): boolean {
  return questions.some((queryKey) => matchQuery({ queryKey }, query));
}

/** Takes something away; what is being read of it is given up before, for the answer may be that it is not there. */
export async function takeAway<Done>(
  client: QueryClient,
  taken: readonly QueryKey[],
  act: () => Promise<Done>,
): Promise<Done> {
  await Promise.all(taken.map((queryKey) => client.cancelQueries({ queryKey })));
  return act();
}
