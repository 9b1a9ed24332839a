/** What the world sees of a name: asked from its authoritative servers, not from caches. Implementation: `domains/dns/`. */
import type { RecordCheck } from "../domain/record-check.ts";

export interface DomainLookup {
  /** Looks at every record that these names need. Has a deadline of its own; never throws but on abort. */
  check(wishes: readonly RecordWish[], signal: AbortSignal): Promise<readonly RecordCheck[]>;
  /**
   * Whether the world gets this answer at `http://<name><path>`, as an authority would ask: without the system's caches.
   * Null when it does, else what was seen instead, in one sentence.
   */
  fetchProblem(
    request: { readonly name: string; readonly path: string; readonly expected: string },
    signal: AbortSignal,
  ): Promise<string | null>;
}

export type RecordWish =
  /** `recordName` is a CNAME to `target`. */
  | {
      readonly purpose: "validation";
      readonly domainName: string;
      readonly recordName: string;
      readonly target: string;
    }
  /** The name leads to the target by CNAME, or to one of the addresses of this machine, in whatever way. */
  | {
      readonly purpose: "traffic";
      readonly domainName: string;
      readonly target: string;
    };
