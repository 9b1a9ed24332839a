/** How much a gate holds, and for how long. */
export interface GateLimits {
  /**
   * The longest a closed gate holds a request: a cold start with a slow application. Below `timeout client` (60 s), which
   * would cut a WebSocket, or a body that is not all there, without a word.
   */
  readonly holdMs: number;
  /** Requests a closed gate holds for one host; more get 429. */
  readonly heldPerHost: number;
}

export const GATE_LIMITS: GateLimits = { holdMs: 55_000, heldPerHost: 5_000 };

/** One that passes takes two connections more, so a host's held ones leave most of all connections to others. */
export function limitsWithin(limits: GateLimits, connectionLimit: number): GateLimits {
  return { ...limits, heldPerHost: Math.min(limits.heldPerHost, Math.floor(connectionLimit / 4)) };
}
