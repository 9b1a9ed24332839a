/** What has changed in the durable memory, for whoever shows it. Implementation: `store/`. */

/**
 * Said when it is on the disk, so that who reads then sees it. It says what is to be read again, not what is there now: the
 * same may be said twice.
 */
export type StateChange =
  | {
      readonly kind: "service" | "release" | "operation" | "instance" | "domain" | "source";
      readonly serviceId: string;
    }
  /** Hosted here: it was made, removed, or pushed to. */
  | { readonly kind: "repository"; readonly repository: string }
  /** `session`: one has ended. `resource`: whatever belongs to no service alone. */
  | { readonly kind: "alarm" | "event" | "resource" | "session" };

export interface StateChanges {
  /** Until the function that comes back is called. The listener must be quick and must not throw. */
  follow(listener: (change: StateChange) => void): () => void;
}
