/** Why an instance ended: a closed set of words that can be counted, beside the sentence for people. */
import type { EventSeverity } from "./event.ts";

/**
 * | word              | meaning                                                                  |
 * |-------------------|--------------------------------------------------------------------------|
 * | exited            | the process ended by itself, with an exit code                           |
 * | out-of-memory     | the kernel killed it: it used more than its memory                       |
 * | disk-full         | it was killed: it wrote more into its own files than it may              |
 * | unhealthy         | it served, then failed its health check, and was replaced                |
 * | never-healthy     | it ran, but did not pass its first health check in time                  |
 * | start-failed      | the engine could not start it: command, image, secret or memory          |
 * | scaled-in         | fewer instances were needed                                              |
 * | superseded        | a deployment brought another release                                     |
 * | deployment-failed | it was of a deployment that failed, or made room for one                 |
 * | paused            | its service was paused                                                   |
 * | deleted           | its service was deleted                                                  |
 * | lost              | its container was gone: something outside of Slipway removed it          |
 * | shut-down         | Slipway, the engine or the machine was stopped                           |
 */
export type InstanceEnd =
  | "exited"
  | "out-of-memory"
  | "disk-full"
  | "unhealthy"
  | "never-healthy"
  | "start-failed"
  | "scaled-in"
  | "superseded"
  | "deployment-failed"
  | "paused"
  | "deleted"
  | "lost"
  | "shut-down";

/** Ends that nobody asked for. */
const TROUBLE: ReadonlySet<InstanceEnd> = new Set([
  "exited",
  "out-of-memory",
  "disk-full",
  "unhealthy",
  "never-healthy",
  "start-failed",
  "lost",
]);

export function severityOfEnd(end: InstanceEnd): EventSeverity {
  return TROUBLE.has(end) ? "WARN" : "INFO";
}
