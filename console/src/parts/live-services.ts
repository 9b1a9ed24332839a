/**
 * All services, kept true by the live stream: they are read whole once, and then those that changed. With 1,000 of them the whole is
 * ten calls and 800 kB.
 */
import { useEffect, useRef } from "react";
import { call } from "../api/call.ts";
import { ChangedRows } from "../api/changed-rows.ts";
import { queryClient, useReadAll } from "../api/queries.ts";
import { type Ended, Shared } from "../api/shared.ts";
import { whenChanged } from "../api/topics.ts";
import type { Input, Output } from "../api/wire.ts";

/** Operations that list services, all or by their ids. */
type ServiceList = "Slipway.DescribeServices" | "Slipway.ListServiceOverviews";
type Row<T extends ServiceList> = Output<T>["Services"][number];

export interface LiveServicesOptions {
  /** What names a service that changed, before its id: `services`, `operations`. */
  readonly topics: readonly string[];
  /** These are read again all the time while they are seen: not everything is told to everybody. */
  readonly seen?: readonly string[];
}

const SEEN_EVERY_MS = 10_000;

export function useLiveServices<T extends ServiceList>(
  target: T,
  { topics, seen = NONE }: LiveServicesOptions,
) {
  const list = useReadAll(target, {} as Input<T>, "Services");
  const names = topics.join("|");
  const follower = useRef<Follower | null>(null);
  useEffect(() => {
    const { thing, end } = followers.join(`${target} ${names}`, () => follow(target, names));
    follower.current = thing;
    return end;
  }, [target, names]);
  useEffect(() => {
    const look = () => {
      if (!document.hidden) follower.current?.add(seen);
    };
    const timer = setInterval(look, SEEN_EVERY_MS);
    return () => clearInterval(timer);
  }, [seen]);
  return list;
}

const NONE: readonly string[] = [];
type Follower = Pick<ChangedRows<unknown>, "add">;
/** Parts of a page that show the same list read what changed once. */
const followers = new Shared<Follower>();

/** Reads again what the live stream names, into the list that the cache has. */
function follow(target: ServiceList, names: string): Ended<Follower> {
  const queryKey = [target, {}, "all", "Services"];
  const rows = new ChangedRows<Row<ServiceList>>({
    keyOf: ({ ServiceId: id }) => id,
    read: async (ids) => (await call(target, { ServiceIds: ids })).Services,
    change: (apply) =>
      queryClient.setQueryData<readonly Row<ServiceList>[]>(queryKey, (former) => former && apply(former)),
    onFailed: () => void queryClient.invalidateQueries({ queryKey, exact: true }),
    isReadingAll: () => queryClient.isFetching({ queryKey, exact: true }) > 0,
    wait: (durationMs) =>
      new Promise((resolve) => {
        setTimeout(resolve, durationMs);
      }),
  });
  const pattern = new RegExp(`^(?:${names})/([0-9a-f]{32})$`);
  const leave = whenChanged((told) => rows.add(told.flatMap((topic) => pattern.exec(topic)?.[1] ?? [])));
  const end = () => {
    leave();
    rows.end();
    // What changes while no page follows is not in the list: the next page reads it anew.
    void queryClient.invalidateQueries({ queryKey, exact: true, refetchType: "none" });
  };
  return { thing: rows, end };
}
