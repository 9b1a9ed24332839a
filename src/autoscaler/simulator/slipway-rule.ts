/** Our own autoscaler: the same `TrackedService` that runs in the control plane, fed as `Autoscaler` feeds it. */
import { type ScalePolicy, queueLimit } from "../../domain/scaling.ts";
import type { ScaledService } from "../../ports/scaling.ts";
import { type ScaleParameters, defaultScaleParameters } from "../scale-parameters.ts";
import { TrackedService } from "../tracked-service.ts";
import type { EdgeLimits, ServiceView, SizingRule, Wish } from "./sizing-rule.ts";

/** As in `Autoscaler` and in the edge's configuration. */
const SAMPLE_MS = 100;
const CALM_ROUNDS = 2;
const QUEUE_TIMEOUT_MS = 3000;
const HELD_LIMIT = 5000;
const HOLD_MS = 55_000;

export class SlipwayRule implements SizingRule {
  readonly lookMs = SAMPLE_MS;
  readonly edge: EdgeLimits;
  readonly #policy: ScalePolicy;
  readonly #parameters: ScaleParameters;
  #tracked: TrackedService | null = null;
  #round = 0;

  constructor(policy: ScalePolicy, parameters: ScaleParameters = defaultScaleParameters) {
    this.#policy = policy;
    this.#parameters = parameters;
    this.edge = {
      queueLimit: (count) => queueLimit(policy, count),
      queueTimeoutMs: QUEUE_TIMEOUT_MS,
      heldLimit: HELD_LIMIT,
      holdMs: HOLD_MS,
    };
  }

  look(view: ServiceView): Wish {
    const { nowMs } = view;
    const tracked = this.#of(view);
    const isDue = this.#round++ % CALM_ROUNDS === 0 || !tracked.isCalm(nowMs);
    if (tracked.needsSamples(nowMs)) {
      if (!isDue) return tracked.wish;
      tracked.startSampling(nowMs);
      const inFlight = new Map([["all", view.inFlight]]);
      tracked.sample({ inFlight, queued: view.queued, requestCount: view.requestCount }, nowMs);
      tracked.decide(nowMs);
    } else {
      tracked.rest(nowMs);
      if (tracked.isDue(nowMs)) tracked.decide(nowMs);
    }
    return tracked.wish;
  }

  knock(view: ServiceView): Wish {
    const tracked = this.#of(view);
    tracked.arrive(view.held, view.nowMs);
    if (tracked.needsSamples(view.nowMs)) tracked.startSampling(view.nowMs);
    return tracked.wish;
  }

  change(view: ServiceView): Wish {
    const tracked = this.#of(view);
    tracked.become(this.#serviceOf(view), view.nowMs);
    return tracked.wish;
  }

  #of(view: ServiceView): TrackedService {
    if (this.#tracked === null) {
      this.#tracked = new TrackedService(this.#serviceOf(view), this.#parameters);
      this.#tracked.decide(view.nowMs);
    }
    return this.#tracked;
  }

  #serviceOf({ instances }: ServiceView): ScaledService {
    return {
      hosts: [],
      slot: 0,
      policy: this.#policy,
      instanceSize: { cpuMillis: 1000, memoryMiB: 1024 },
      instances,
      activeSinceMs: 0,
      isDeployedAutomatically: false,
    };
  }
}
