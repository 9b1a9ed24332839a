/** Who ends TLS in front of the origin, each with the same certificates, and without an access log. */
import type { Cleanup } from "../support/cleanup.ts";
import type { Credentials } from "./credentials.ts";

export interface Contender {
  readonly name: string;
  readonly port: number;
  /** Everything that works for it, without the processes these started. */
  readonly processes: readonly number[];
  /** From the start until it listens: its configuration and certificates are on disk then. */
  readonly startMs: number;
}

export interface Setting {
  /** Its own. */
  readonly directory: string;
  readonly origin: { readonly port: number };
  readonly credentials: readonly Credentials[];
}

export type Start = (setting: Setting, cleanup: Cleanup) => Promise<Contender>;

/** The name of all requests; the first certificate is for it. */
export const HOST = "n0.bench.test";
