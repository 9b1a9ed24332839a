/** How long a build took, from its turn to its end: on the service's bill in the same moment as the build's outcome. */
import { noUsage, usagePeriodStart } from "../domain/usage.ts";
import type { Clock } from "../ports/clock.ts";
import type { Effect } from "./executor.ts";

export class BuildTime {
  readonly #serviceId: string;
  readonly #clock: Pick<Clock, "now">;
  #begunAtMs: number | null = null;
  #endedAtMs: number | null = null;

  constructor(serviceId: string, clock: Pick<Clock, "now">) {
    this.#serviceId = serviceId;
    this.#clock = clock;
  }

  begin(): void {
    this.#begunAtMs ??= this.#clock.now();
  }

  end(): void {
    this.#endedAtMs ??= this.#clock.now();
  }

  /** Nothing for a build that never had its turn. */
  with(effect: Effect): Effect {
    const [begunAtMs, endedAtMs] = [this.#begunAtMs, this.#endedAtMs];
    if (begunAtMs === null || endedAtMs === null || endedAtMs <= begunAtMs) return effect;
    const hourStartMs = usagePeriodStart(begunAtMs, "HOUR");
    const buildMs = endedAtMs - begunAtMs;
    return async (tx) => {
      await effect(tx);
      await tx.usage.add([{ ...noUsage, serviceId: this.#serviceId, hourStartMs, buildMs }]);
    };
  }
}
