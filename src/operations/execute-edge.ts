/** Steps on the edge: which host leads where, and which instances stand behind it. */
import { eventLine } from "../domain/event-line.ts";
import { type Executor, NO_EFFECT, serviceOf } from "./executor.ts";
import { activityOf } from "./observed.ts";
import { extensionsOf } from "./observe.ts";
import { slotRoute, withGuard, withLogging, withPrivacy } from "./plan-route.ts";
import { guardOf } from "./route-guard.ts";
import { changeInstance, changeService } from "./rows.ts";

export const addToEdge: Executor<"addToEdge"> = async ({ instanceId, slot }, context, signal) => {
  const { store, edge, clock } = context.ports;
  const row = await store.instances.get(instanceId);
  const release = row === null ? null : await store.releases.get(row.serviceId, row.releaseNumber);
  if (row === null || release === null || row.address === null) return NO_EFFECT;
  await edge.addServer(
    slot,
    {
      instanceId,
      address: row.address,
      port: row.port,
      maxConcurrency: release.scale.maxConcurrency,
      protocol: release.protocol ?? "http1",
      healthCheck: release.configuration.healthCheck,
    },
    signal,
  );
  // The edge had lost it: no request may be kept from it because it answers no check.
  if (activityOf(row) === "freeze") await edge.setServerCheck(slot, instanceId, false, signal);
  const nowMs = clock.now();
  return (tx) => changeInstance(tx, instanceId, ["warming"], () => ({ state: "ready", readyAtMs: nowMs }));
};

export const drainInstance: Executor<"drainInstance"> = async ({ instanceId, slot }, { ports }, signal) => {
  await ports.edge.drainServer(slot, instanceId, signal);
  return NO_EFFECT;
};

export const removeFromEdge: Executor<"removeFromEdge"> = async ({ instanceId, slot }, { ports }, signal) => {
  await ports.edge.removeServer(slot, instanceId, signal);
  return NO_EFFECT;
};

export const switchTraffic: Executor<"switchTraffic"> = async (step, context, signal) => {
  const { operationId, releaseNumber, colour } = step;
  const { ports, edgeWatch, story } = context;
  const service = await serviceOf(context);
  const release = await ports.store.releases.get(service.id, releaseNumber);
  if (service.slots === null || release === null) return NO_EFFECT;
  const { hasAccessLog, protection } = extensionsOf(await ports.store.tags.list(service.arn));
  const logged = withLogging(slotRoute(service.slots[colour], release.scale), release, hasAccessLog);
  const hidden = withPrivacy(logged, release.configuration);
  const route = withGuard(hidden, await guardOf(service, protection, ports));
  await edgeWatch.setRoute(service.host, route, signal);
  await story.event(service, operationId, { key: "routed", text: eventLine.routed() });
  const nowMs = ports.clock.now();
  return async (tx) => {
    const operation = await tx.operations.get(service.id, operationId);
    // A delete came in between: it will take the route away again.
    if (operation === null || operation.endedAtMs !== null) return;
    await changeService(tx, service.id, nowMs, (present) => ({
      activeReleaseNumber: releaseNumber,
      slots: present.slots === null ? null : { ...present.slots, active: colour },
    }));
  };
};

export const restoreRoute: Executor<"restoreRoute"> = async ({ route }, context, signal) => {
  const { host } = await serviceOf(context);
  await context.edgeWatch.setRoute(host, route, signal);
  return NO_EFFECT;
};

export const refuseTraffic: Executor<"refuseTraffic"> = async ({ route }, context, signal) => {
  const { host } = await serviceOf(context);
  await context.edgeWatch.setRoute(host, route, signal);
  return NO_EFFECT;
};

export const unrouteHost: Executor<"unrouteHost"> = async ({ host }, context, signal) => {
  await context.edgeWatch.removeRoute(host, signal);
  return NO_EFFECT;
};
