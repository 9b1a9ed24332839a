/** An autoscaler that wants what the test says, within the limits of each service, and keeps the rules of the port. */
import type { InstanceActivity } from "../../domain/instance.ts";
import type { Gate, ScaleWish } from "../../domain/scaling.ts";
import type { ScaledService, Scaling } from "../../ports/scaling.ts";

export class WishfulScaling implements Scaling {
  /** Null: the smallest size. */
  count: number | null = null;
  activity: InstanceActivity = "run";
  mayBeZero: boolean;

  constructor({ mayBeZero }: { readonly mayBeZero: boolean }) {
    this.mayBeZero = mayBeZero;
  }

  track(_serviceId: string, { policy, instances }: ScaledService): ScaleWish {
    const count = this.countWithin(policy);
    const isReady = instances.some(({ state }) => state !== "starting");
    const activity = count === 0 ? "freeze" : this.activity;
    return { count, activity, gate: this.#gate(count, isReady), reason: `${count} are wished` };
  }

  countWithin({ minSize, maxSize }: { readonly minSize: number; readonly maxSize: number }): number {
    return Math.min(maxSize, Math.max(this.mayBeZero ? 0 : minSize, this.count ?? minSize));
  }

  #gate(count: number, isReady: boolean): Gate {
    if (count === 0 || (this.mayBeZero && !isReady)) return "closed";
    return this.activity === "run" ? "open" : "watched";
  }

  forget(): void {
    // It remembers no service.
  }
}
