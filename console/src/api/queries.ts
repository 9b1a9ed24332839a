/**
 * What pages read and do, over TanStack Query: an answer is kept under its target and input, and asked for again when the
 * live stream names one of its topics (`live.ts`).
 */
import {
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type ApiError, call } from "./call.ts";
import { type ActMeta, type Question, readAgain, takeAway } from "./read-again.ts";
import { type ReadOptions, toQueryOptions } from "./read-options.ts";
import type { Input, Output, Target } from "./wire.ts";

const FRESH_MS = 2_000;
const RETRIES = 4;
/** Doubled each time: what a changed network interface of this machine cut off comes at once. */
const FIRST_RETRY_MS = 250;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // Refusals come again; only a missing answer may be an accident.
      retry: (count, error) => count < RETRIES && (error as Partial<ApiError>).status === 0,
      retryDelay: (count) => FIRST_RETRY_MS * 2 ** count,
      refetchOnWindowFocus: true,
    },
    // What was sent may hold a secret: it goes with the form that sent it.
    mutations: { retry: false, gcTime: 0 },
  },
});

/** The answer of one operation. */
export function useRead<T extends Target>(
  target: T,
  input: Input<T>,
  options: ReadOptions<Output<T>> = {},
): UseQueryResult<Output<T>, ApiError> {
  return useQuery<Output<T>, ApiError>({
    queryKey: [target, input],
    queryFn: ({ signal }) => call(target, input, signal),
    ...toQueryOptions(options),
  });
}

/**
 * The same operation for several things, in the order of `inputs`. Undefined: not there yet, or not at all. Options of each by its
 * place: where one has changed the others need not be read again.
 */
export function useReadEach<T extends Target>(
  target: T,
  inputs: readonly Input<T>[],
  options: ReadOptions<Output<T>> | ((index: number) => ReadOptions<Output<T>>) = {},
): EachAnswer<Output<T>> {
  return useQueries({
    queries: inputs.map((input, index) => ({
      queryKey: [target, input],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => call(target, input, signal),
      ...toQueryOptions(typeof options === "function" ? options(index) : options),
    })),
    combine: combined,
  });
}

export interface EachAnswer<Answer> {
  readonly data: readonly (Answer | undefined)[];
  readonly isPending: boolean;
}

function combined<Answer>(
  results: readonly { readonly data: Answer | undefined; readonly isPending: boolean }[],
): EachAnswer<Answer> {
  return { data: results.map(({ data }) => data), isPending: results.some(({ isPending }) => isPending) };
}

/** All pages of a list, one after the other. `member` holds the entries. */
export function useReadAll<T extends Target, Member extends keyof Output<T>>(
  target: T,
  input: Input<T>,
  member: Member,
  options: ReadOptions<NonNullable<Output<T>[Member]>> = {},
): UseQueryResult<NonNullable<Output<T>[Member]>, ApiError> {
  return useQuery<NonNullable<Output<T>[Member]>, ApiError>({
    queryKey: [target, input, "all", member],
    queryFn: ({ signal }) => readAll(target, input, member, signal),
    ...toQueryOptions(options),
  });
}

/** The same for a read outside of a component. */
export async function readAll<T extends Target, Member extends keyof Output<T>>(
  target: T,
  input: Input<T>,
  member: Member,
  signal?: AbortSignal,
): Promise<NonNullable<Output<T>[Member]>> {
  const entries: unknown[] = [];
  let token: Record<string, unknown> = {};
  for (;;) {
    const answer = (await call(target, { ...(input as object), ...token } as Input<T>, signal)) as Record<
      string,
      unknown
    >;
    entries.push(...((answer[member as string] as unknown[] | undefined) ?? []));
    const next = nextPage(answer);
    if (next === null) return entries as unknown as NonNullable<Output<T>[Member]>;
    token = next;
  }
}

/** The members that ask for the page after this one: AWS's services have three names for them. */
function nextPage(answer: Record<string, unknown>): Record<string, unknown> | null {
  for (const name of ["NextToken", "nextToken"]) {
    if (typeof answer[name] === "string") return { [name]: answer[name] };
  }
  return answer["IsTruncated"] === true ? { Marker: answer["Marker"] } : null;
}

export interface ActOptions<T extends Target> {
  readonly onDone?: (output: Output<T>, input: Input<T>) => void;
  /** Its input holds a key or a password: it is forgotten with the form. */
  readonly isSecret?: boolean;
  /** What the page shows is gone then: the next page reads, this one does not any more. */
  readonly leavesPage?: boolean;
  /** What nothing answers any more then, for example the description of a row that leaves its list. */
  readonly takes?: (input: Input<T>) => readonly Question[];
}

/** An operation that changes something. Afterwards everything on the page is read again. */
export function useAct<T extends Target>(
  target: T,
  options: ActOptions<T> = {},
): UseMutationResult<Output<T>, ApiError, Input<T>> {
  const client = useQueryClient();
  return useMutation<Output<T>, ApiError, Input<T>>({
    mutationFn: (input) => takeAway(client, options.takes?.(input) ?? [], () => call(target, input)),
    ...(options.isSecret === true ? { gcTime: 0 } : {}),
    meta: { leavesPage: options.leavesPage === true, takes: options.takes } satisfies ActMeta,
    onSuccess: (output, input) => options.onDone?.(output, input),
    onSettled: (_, error, input) =>
      client.invalidateQueries(
        readAgain({ leavesPage: options.leavesPage, taken: options.takes?.(input), error }),
      ),
  });
}

/** Several operations one after the other, for what the API has no single one for. */
export function useTask<Wish, Done>(
  act: (wish: Wish) => Promise<Done>,
  options: {
    readonly onDone?: (done: Done, wish: Wish) => void;
    readonly leavesPage?: boolean;
  } = {},
): UseMutationResult<Done, ApiError, Wish> {
  const client = useQueryClient();
  return useMutation<Done, ApiError, Wish>({
    mutationFn: act,
    meta: { leavesPage: options.leavesPage === true, takes: undefined } satisfies ActMeta,
    onSuccess: (done, wish) => options.onDone?.(done, wish),
    onSettled: (_, error) => client.invalidateQueries(readAgain({ leavesPage: options.leavesPage, error })),
  });
}
