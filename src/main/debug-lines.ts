/**
 * What is written at debug, for whoever asks why: plans of the heart, changes of the edge, deliveries of events. Nothing is
 * put together while the level is higher.
 */
import type { Logger } from "pino";
import type { EventSender } from "../observe/events/event-sender.ts";
import type { PlanHook } from "../operations/index.ts";
import type { Edge } from "../ports/edge.ts";

type DebugLogger = Pick<Logger, "debug" | "isLevelEnabled">;

export function tellPlans(logger: DebugLogger): PlanHook {
  return ({ serviceId, steps, due, wakeAtMs }) => {
    if (!logger.isLevelEnabled("debug")) return;
    const fields = {
      event: "plan",
      serviceId,
      steps: [...steps.keys()],
      due: due.map(([key]) => key),
      wakeAt: wakeAtMs === null ? undefined : new Date(wakeAtMs).toISOString(),
    };
    logger.debug(fields, "planned");
  };
}

/** The same edge, whose changes are told of when they have ended. */
export function tellOfEdge(edge: Edge, logger: DebugLogger): Edge {
  const told = async (command: string, fields: object, ended: Promise<void>): Promise<void> => {
    if (!logger.isLevelEnabled("debug")) return ended;
    const startedAt = performance.now();
    try {
      await ended;
    } catch (err) {
      logger.debug({ event: "edge", command, ...fields, err }, "edge was not changed");
      throw err;
    }
    const durationMs = Math.round(performance.now() - startedAt);
    logger.debug({ event: "edge", command, ...fields, durationMs }, "edge was changed");
  };
  return {
    prepare: (request, signal) => edge.prepare(request, signal),
    facts: () => edge.facts(),
    observe: (signal) => edge.observe(signal),
    observeSlots: (slots, signal) => edge.observeSlots(slots, signal),
    observeRoute: (host, signal) => edge.observeRoute(host, signal),
    probe: (target, signal) => edge.probe(target, signal),
    addServer(slot, server, signal) {
      const { instanceId } = server;
      return told("addServer", { slot, instanceId }, edge.addServer(slot, server, signal));
    },
    drainServer: (slot, instanceId, signal) =>
      told("drainServer", { slot, instanceId }, edge.drainServer(slot, instanceId, signal)),
    removeServer: (slot, instanceId, signal) =>
      told("removeServer", { slot, instanceId }, edge.removeServer(slot, instanceId, signal)),
    setServerCheck: (slot, instanceId, isOn, signal) =>
      told("setServerCheck", { slot, instanceId, isOn }, edge.setServerCheck(slot, instanceId, isOn, signal)),
    setRoute: (host, route, signal) => told("setRoute", { host, route }, edge.setRoute(host, route, signal)),
    removeRoute: (host, signal) => told("removeRoute", { host }, edge.removeRoute(host, signal)),
  };
}

/** The same sender, whose attempts are told of; never to which address, for that may be the secret. */
export function tellDeliveries(
  sender: Pick<EventSender, "send">,
  logger: DebugLogger,
): Pick<EventSender, "send"> {
  return {
    async send(destination, event, signal) {
      const outcome = await sender.send(destination, event, signal);
      if (logger.isLevelEnabled("debug")) {
        const fields = { event: "delivery", destination: destination.name, eventId: event.id, ...outcome };
        logger.debug(fields, outcome.problem === null ? "event was taken" : "event was not taken");
      }
      return outcome;
    },
  };
}
