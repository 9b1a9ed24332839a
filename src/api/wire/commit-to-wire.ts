/** A commit, and what made us notice it. */
import type * as Wire from "../../contract/index.ts";
import type { Commit } from "../../domain/code-source.ts";
import type { OperationTrigger } from "../../domain/operation.ts";
import { toDate } from "./time.ts";

export function toWireCommit(commit: Commit | undefined): Wire.Commit | undefined {
  if (commit === undefined) return undefined;
  const { id, author, message, committedAtMs } = commit;
  return { Id: id, Author: author, Message: message, CommittedAt: toDate(committedAtMs) };
}

export function toWireTrigger(trigger: OperationTrigger | undefined): Wire.Operation["Trigger"] {
  if (trigger === undefined) return undefined;
  const version = trigger.by === "rotation" ? trigger.variables.join(", ") : trigger.version;
  return { By: trigger.by, Version: version };
}
