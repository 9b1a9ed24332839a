import type { HealthCheck, ProbeResult } from "../../domain/health-check.ts";
import type { Instance } from "../../domain/instance.ts";
import type { Handler, HandlerContext } from "../handler.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { healthCheckFromWire } from "../wire/health-check-from-wire.ts";

const INSTANCES_MAX = 10;
/** Over the check's own timeout, which ends it. */
const DEADLINE_MS = 30_000;

/** Ours: one check now, of the service's own instances at their own port alone. */
export const tryHealthCheck: Handler<"TryHealthCheck"> = async (input, context) => {
  const { store } = context;
  const service = await findLiveService(input.ServiceArn, context);
  const healthCheck = healthCheckFromWire(input.HealthCheckConfiguration, service.configuration.healthCheck);
  const instances = (await store.instances.listLive(service.id)).filter(canBeAsked).slice(0, INSTANCES_MAX);
  return {
    Results: await Promise.all(instances.map((one) => tryOne(one, healthCheck, context))),
  };
};

interface Serving extends Instance {
  readonly address: string;
}

/** One that is frozen does not answer, and shall not be woken for this. */
function canBeAsked(instance: Instance): instance is Serving {
  const isThere = instance.state === "ready" || instance.state === "warming" || instance.state === "idle";
  return isThere && instance.address !== null && instance.activity !== "freeze";
}

async function tryOne(
  { id, serviceId, releaseNumber, address, port }: Serving,
  healthCheck: HealthCheck,
  { store, probeInstance, clock }: HandlerContext,
) {
  const release = await store.releases.get(serviceId, releaseNumber);
  const target = { address, port, protocol: release?.protocol ?? "http1", healthCheck } as const;
  const startedAtMs = clock.now();
  const result = await probeInstance(target, AbortSignal.timeout(DEADLINE_MS));
  return { InstanceId: id, ...toWire(result), TookMs: clock.now() - startedAtMs };
}

function toWire(result: ProbeResult) {
  if (result.isHealthy) return { IsHealthy: true };
  const { problem, status: StatusCode, bodyHead: BodyHead } = result;
  return { IsHealthy: false, Problem: problem, StatusCode, BodyHead };
}
