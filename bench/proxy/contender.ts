/** A way from the load generator to the origin: one of the proxies that are compared, or none. */
export interface Contender {
  readonly name: string;
  readonly port: number;
  /** Everything that works for it, without the processes these started. */
  readonly processes: readonly number[];
  /** Lines its log reader got so far; null when it writes its log itself, or none. */
  readonly logLines: (() => Promise<number>) | null;
}

/** What each contender gets to know. */
export interface Surroundings {
  readonly directory: string;
  readonly origin: { readonly port: number };
  /** The host name in all requests. */
  readonly host: string;
}
