/** When an answer that a page shows is read, and read again: our options in TanStack Query's. */
import type { Query } from "@tanstack/react-query";

/** What the live stream names; docs/console.md tells when. */
export type Topic =
  | "services"
  | `services/${string}`
  | `service/${string}`
  | `operations/${string}`
  | `instances/${string}`
  | `domains/${string}`
  | `source/${string}`
  | "repositories"
  | `repository/${string}`
  | "alarms"
  | "events"
  | "resources";

export interface ReadOptions<Answer = unknown> {
  /** Read again when one of these changes. */
  readonly topics?: readonly Topic[];
  /** For what changes all the time, and only while the page is seen. */
  readonly everyMs?: number;
  /** Something else on the page knows that there is more by now: it is read again until the answer has it. */
  readonly isBehind?: (answer: Answer) => boolean;
  /** False: not yet, something is missing. */
  readonly isEnabled?: boolean;
  /** The answer holds a secret: it is forgotten when nothing shows it any more. */
  readonly isSecret?: boolean;
  /** Shows the former answer while another input's is on its way. */
  readonly keepsFormer?: boolean;
}

const BEHIND_MS = 250;

export function toQueryOptions<Answer>({
  topics = [],
  everyMs,
  isBehind,
  isEnabled = true,
  isSecret = false,
  keepsFormer = false,
}: ReadOptions<Answer>) {
  return {
    meta: { topics },
    enabled: isEnabled,
    ...(isSecret ? { gcTime: 0, staleTime: 0 } : {}),
    refetchInterval: ({ state: { data } }: Pick<Query<Answer>, "state">) =>
      data !== undefined && isBehind?.(data) === true ? BEHIND_MS : (everyMs ?? false),
    ...(keepsFormer ? { placeholderData: <Data>(former: Data) => former } : {}),
  } as const;
}
