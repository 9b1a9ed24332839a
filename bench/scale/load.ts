/** Open-loop load from a process of its own: what the benchmark does meanwhile delays no request. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LoadStep, LoadTarget, TimedAnswer } from "../../test/support/load.ts";
import type { Cleanup } from "../support/cleanup.ts";

export interface LoadOrder extends LoadTarget {
  readonly path: string;
  readonly steps: readonly LoadStep[];
}

export async function sendLoad(order: LoadOrder, cleanup: Cleanup): Promise<readonly TimedAnswer[]> {
  const child = fork(join(import.meta.dirname, "load-process.ts"), { serialization: "advanced" });
  cleanup.add(() => void child.kill("SIGKILL"));
  child.send(order);
  const failed = once(child, "exit").then(() => Promise.reject(new Error("the clients ended too early")));
  const [answers] = (await Promise.race([once(child, "message"), failed])) as [readonly TimedAnswer[]];
  return answers;
}
