/**
 * Which answers are read again when topics have changed. What is being read already is read once more when that is done, not cut
 * off: a long list of a busy installation would never arrive otherwise. What is being deleted is not read meanwhile.
 */
import type { Query, QueryClient } from "@tanstack/react-query";
import { isGoing } from "./read-again.ts";

const LOOK_AGAIN_MS = 300;

export class ChangedAnswers {
  readonly #client: QueryClient;
  /** Hashes of those that were being read when something of theirs changed. */
  #late: ReadonlySet<string> = new Set();
  #isWaiting = false;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  readAgain(topics: readonly string[]): void {
    const changed = new Set(topics);
    this.#readOrWait((query) => dependsOn(query, changed));
  }

  #readOrWait(isChanged: (query: Query) => boolean): void {
    const queries = this.#client.getQueryCache().getAll();
    const changed = queries.filter((query) => this.#late.has(query.queryHash) || isChanged(query));
    const [busy, free] = splitBy(changed, (query) => isFetching(query) || isGoing(this.#client, query));
    for (const { queryKey } of free) void this.#client.invalidateQueries({ queryKey, exact: true });
    this.#late = new Set(busy.map(({ queryHash }) => queryHash));
    if (busy.length === 0 || this.#isWaiting) return;
    this.#isWaiting = true;
    setTimeout(() => {
      this.#isWaiting = false;
      this.#readOrWait(() => false);
    }, LOOK_AGAIN_MS);
  }
}

function dependsOn(query: Query, topics: ReadonlySet<string>): boolean {
  return topics.has("everything") || topicsOf(query).some((topic) => topics.has(topic));
}

function splitBy(queries: readonly Query[], isBusy: (query: Query) => boolean) {
  return [queries.filter(isBusy), queries.filter((query) => !isBusy(query))] as const;
}

function isFetching({ state }: Query): boolean {
  return state.fetchStatus === "fetching";
}

function topicsOf({ meta }: Query): readonly string[] {
  return (meta?.["topics"] ?? []) as readonly string[];
}
