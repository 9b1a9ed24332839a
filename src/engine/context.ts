/** What every act of this module is given. */
import type { EngineClient, Report } from "./client.ts";
import type { Names } from "./naming.ts";

export interface EngineContext {
  readonly client: EngineClient;
  readonly names: Names;
  readonly report: Report;
  /** Epoch milliseconds. */
  readonly now: () => number;
}
