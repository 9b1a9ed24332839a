/** What is known of a service's source beyond its releases: for automatic deployments, and for telling people about them. */

import type { SourceTrigger } from "./operation.ts";

export interface SourceWatch {
  readonly serviceId: string;
  /** The part of the webhook's address that nobody can guess, and the key its deliveries are signed with: sealed. */
  readonly sealedWebhookSecret: string;
  /**
   * The newest version (commit id or image digest) that was taken up, whatever came of it: a version that failed is not
   * tried again by itself. Null until one was seen.
   */
  readonly handledVersion: string | null;
  /** The last time the source was asked; null before the first. */
  readonly check: SourceCheck | null;
  readonly delivery: WebhookDelivery | null;
  /** Ids of the deliveries seen last, newest first: none is acted on twice. */
  readonly deliveryIds: readonly string[];
  /** The last time the source answered; absent before the first. */
  readonly answeredAtMs?: number;
  /** Somebody says that there is something new, and nobody has looked since. */
  readonly poke?: SourcePoke;
  /** What the Git host was told last about a commit. */
  readonly reported?: ReportedStatus;
}

export interface SourcePoke {
  readonly by: SourceTrigger["by"];
  /** Grows while nobody looks: a poke that comes during a look stays. */
  readonly count: number;
}

export interface ReportedStatus {
  readonly operationId: string;
  readonly state: CommitState;
}

/** How the deployment of a commit stands, in the words of Git hosts. */
export type CommitState = "pending" | "success" | "failure";

export interface SourceCheck {
  readonly atMs: number;
  /** Null when it answered. */
  readonly problem: string | null;
  /** In a row. The next check waits longer with each. */
  readonly failureCount: number;
}

export interface WebhookDelivery {
  readonly id: string;
  readonly atMs: number;
  /** What came of it, one line for people. */
  readonly result: string;
}
