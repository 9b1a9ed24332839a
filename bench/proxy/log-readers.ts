/** Starts the reader process of a contender with a log ring. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { end } from "../support/background.ts";
import type { Cleanup } from "../support/cleanup.ts";

export interface LogReader {
  readonly pid: number;
  lines(): Promise<number>;
}

/** The runtime socket has to be there. */
export async function startLogReader(socketPath: string, cleanup: Cleanup): Promise<LogReader> {
  const child = fork(new URL("log-reader.ts", import.meta.url), [socketPath], { detached: true });
  const { pid } = child;
  if (pid === undefined) throw new Error("the log reader cannot be started");
  cleanup.add(() => end(child));
  await once(child, "message");
  return {
    pid,
    async lines() {
      const answer = once(child, "message");
      child.send("count");
      return Number((await answer)[0]);
    },
  };
}
