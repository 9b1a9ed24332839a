/** Puts the autoscaler together with what it looks at and what it wakes. */
import type { Logger } from "pino";
import { Autoscaler } from "../autoscaler/autoscaler.ts";
import { defaultScaleParameters, type ScaleParameters } from "../autoscaler/scale-parameters.ts";
import type { UsageObserver } from "../autoscaler/usage-meter.ts";
import type { ContainerEngine } from "../ports/container-engine.ts";
import type { EdgeTraffic } from "../ports/edge-traffic.ts";
import { systemClock } from "./system-clock.ts";

export interface ScalingPartsDeps {
  readonly traffic: EdgeTraffic;
  readonly engine: Pick<ContainerEngine, "setActivity" | "readUsage">;
  /** The service shall have something else than before. */
  readonly onChange: (serviceId: string) => void;
  /** The usual ones when undefined. */
  readonly parameters: ScaleParameters | undefined;
  readonly usage: UsageObserver;
  readonly logger: Pick<Logger, "error">;
  readonly end: AbortSignal;
}

export function buildAutoscaler(deps: ScalingPartsDeps): Autoscaler {
  const { traffic, engine, onChange, parameters = defaultScaleParameters, usage, logger, end } = deps;
  return new Autoscaler({
    traffic,
    clock: systemClock,
    wakeInstances: async (ids) => {
      await Promise.all(ids.map((id) => engine.setActivity(id, "run", end)));
    },
    readUsage: (ids, signal) => engine.readUsage(ids, signal),
    onChange,
    onError: (error) => logger.error({ err: error }, "autoscaler"),
    usage,
    parameters,
  });
}
