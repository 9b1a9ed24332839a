/** Going on until the process is interrupted: what `--follow` does. */
import { Unreachable } from "./client.ts";
import type { CliIo } from "./io.ts";

/** The control plane may be restarted under us. */
const PATIENCE_MS = 60_000;

export interface Following {
  readonly eachMs: number;
  /** Prints what has come since the last time. */
  readonly goOn: () => Promise<void>;
}

export async function followOn(io: CliIo, { eachMs, goOn }: Following): Promise<never> {
  for (let answeredMs = io.now(); ;) {
    await io.sleep(eachMs);
    try {
      await goOn();
      answeredMs = io.now();
    } catch (error) {
      if (!(error instanceof Unreachable) || io.now() - answeredMs > PATIENCE_MS) throw error;
    }
  }
}
