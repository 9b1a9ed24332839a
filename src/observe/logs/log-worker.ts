/** The thread that packs and searches: one job after another, behind everything else that wants the processor. */
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { type Job, work } from "./segment-work.ts";

/** Of this thread alone: on Linux priorities belong to threads, and 0 means the one that asks. */
const LOW_PRIORITY = 5;

export interface JobMessage {
  readonly id: number;
  readonly job: Job;
}

export type JobAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly problem: string; readonly code: string };

setPriority(0, LOW_PRIORITY);
parentPort?.on("message", ({ id, job }: JobMessage) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(answer(id, job));
});

function answer(id: number, job: Job): JobAnswer {
  try {
    return { id, result: work(job) };
  } catch (error) {
    const { message, code = "" } = error as NodeJS.ErrnoException;
    return { id, problem: message, code };
  }
}
