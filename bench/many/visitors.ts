/** Somebody who calls each of a few services now and then, for as long as is measured. */
import { setTimeout as sleep } from "node:timers/promises";
import { httpGet } from "../support/http-get.ts";

export interface Visits {
  readonly count: number;
  readonly lost: number;
}

/** One after the other, so that each is called once in a period. */
export function startVisits({
  hosts,
  port,
  periodMs,
}: {
  readonly hosts: readonly string[];
  readonly port: number;
  readonly periodMs: number;
}): { stop(): Promise<Visits> } {
  const over = new AbortController();
  let [count, lost] = [0, 0];
  const done = (async () => {
    while (!over.signal.aborted) {
      const host = hosts[count % hosts.length] ?? "";
      count++;
      const answer = await httpGet({ address: "127.0.0.1", port, host });
      if (answer?.status !== 200) lost++;
      await sleep(periodMs / hosts.length);
    }
  })();
  return {
    async stop() {
      over.abort();
      await done;
      return { count, lost };
    },
  };
}
