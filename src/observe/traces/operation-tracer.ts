/** Makes spans of operations once they have ended. Those that were under way before the control plane was started are left out. */
import { randomBytes } from "node:crypto";
import type { Clock } from "../../ports/clock.ts";
import type { JournalEntry, Store } from "../../ports/store.ts";
import { operationSpans } from "./operation-spans.ts";
import type { SpanExporter } from "./span-exporter.ts";

export interface OperationTracerDeps {
  readonly store: Pick<Store, "operations" | "journal">;
  readonly exporter: Pick<SpanExporter, "add">;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

const LOOK_MS = 5_000;
const MOST_FOLLOWED = 5_000;

export class OperationTracer {
  readonly #deps: OperationTracerDeps;
  /** Operation → its service. */
  readonly #open = new Map<string, string>();

  constructor(deps: OperationTracerDeps) {
    this.#deps = deps;
  }

  /** A step was begun or ended. */
  see({ operationId, serviceId }: Pick<JournalEntry, "operationId" | "serviceId">): void {
    if (operationId !== null && this.#open.size < MOST_FOLLOWED) this.#open.set(operationId, serviceId);
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#deps.clock.sleep(LOOK_MS, signal).catch(() => undefined);
      await this.look().catch(this.#deps.onError);
    }
  }

  async look(): Promise<void> {
    const { store, exporter } = this.#deps;
    for (const [operationId, serviceId] of this.#open) {
      const operation = await store.operations.get(serviceId, operationId);
      if (operation !== null && operation.endedAtMs === null) continue;
      this.#open.delete(operationId);
      if (operation === null) continue;
      const journal = await store.journal.listForOperation(operationId);
      exporter.add(operationSpans(operation, journal, () => randomBytes(8).toString("hex")));
    }
  }
}
