/** Time and identity are parameters: nothing but the adapters behind these asks the machine for them. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after the time, or rejects with the signal's reason when it is aborted first. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

export interface IdSource {
  /** 32 lower-case hex from a cryptographic source. */
  hex32(): string;
  /** The random first label of a service's host name: 10 characters of a-z and 0-9, starting with a letter. */
  hostLabel(): string;
}
