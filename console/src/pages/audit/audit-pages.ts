/** Pages of the audit trail. One of the API's may be empty and yet not the last: then it goes on looking. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { call } from "../../api/call.ts";
import type { ApiError } from "../../api/call.ts";
import type { Input, Output } from "../../api/wire.ts";
import type { AuditEvent } from "./audit-record.ts";

type Lookup = Input<"Slipway.LookupEvents">;

interface AuditPage {
  readonly events: readonly AuditEvent[];
  /** Null: there is nothing older. */
  readonly next: string | null;
}

/** Then people decide whether it goes on. */
const LOOKS_MAX = 20;
const DOWNLOAD_MAX = 50_000;

export function useAuditPages(lookup: Lookup) {
  return useInfiniteQuery<AuditPage, ApiError, readonly AuditPage[], readonly unknown[], string | null>({
    queryKey: ["audit", lookup],
    queryFn: ({ pageParam, signal }) => readPage(lookup, pageParam, signal),
    initialPageParam: null,
    getNextPageParam: ({ next }) => next,
    select: ({ pages }) => pages,
    refetchOnWindowFocus: false,
    staleTime: Infinity,
  });
}

async function readPage(lookup: Lookup, from: string | null, signal: AbortSignal): Promise<AuditPage> {
  const events: AuditEvent[] = [];
  let token = from;
  for (let look = 0; look < LOOKS_MAX; look++) {
    const answer = await call("Slipway.LookupEvents", withToken(lookup, token), signal);
    events.push(...answer.Events);
    token = answer.NextToken ?? null;
    if (token === null || events.length > 0) break;
  }
  return { events, next: token };
}

/** The newest ones, when there are too many. */
export async function readAllEvents(
  lookup: Lookup,
): Promise<{ readonly events: readonly AuditEvent[]; readonly isCut: boolean }> {
  const events: AuditEvent[] = [];
  let token: string | null = null;
  do {
    const answer: Output<"Slipway.LookupEvents"> = await call(
      "Slipway.LookupEvents",
      withToken(lookup, token),
    );
    events.push(...answer.Events);
    token = answer.NextToken ?? null;
  } while (token !== null && events.length < DOWNLOAD_MAX);
  return { events, isCut: token !== null };
}

function withToken(lookup: Lookup, token: string | null): Lookup {
  return token === null ? lookup : { ...lookup, NextToken: token };
}
