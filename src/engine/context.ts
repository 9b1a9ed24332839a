/** What every act of this module is given. */
import type { EngineClient, Report } from "./client.ts";
import type { Names } from "./naming.ts";

export interface EngineContext {
  readonly client: EngineClient;
  readonly names: Names;
  readonly report: Report;
  /** Instances that were killed because they wrote more than they may; each until its container goes. */
  readonly overfull: Set<string>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}
