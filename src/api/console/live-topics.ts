/**
 * What the live stream names: a topic stands for answers of the API that may be others now. It says that something changed,
 * never what.
 */
import type { StateChange } from "../../ports/state-changes.ts";

/** With the id of the service where it is about one. */
export interface Topic {
  readonly name: string;
  readonly serviceId: string | null;
}

const OF_SERVICES = {
  service: "service",
  // Which release is in traffic, and what there is to go back to, stand with the service.
  release: "service",
  operation: "operations",
  instance: "instances",
  domain: "domains",
  source: "source",
} as const;

const OF_OTHERS = { alarm: "alarms", event: "events", resource: "resources", session: null } as const;

export function topicsOf(change: StateChange): readonly Topic[] {
  if (!("serviceId" in change)) {
    const name = OF_OTHERS[change.kind];
    return name === null ? [] : [{ name, serviceId: null }];
  }
  const { kind, serviceId } = change;
  const own = { name: `${OF_SERVICES[kind]}/${serviceId}`, serviceId };
  if (kind !== "service") return [own];
  // The list shows what the service itself says, and who sees the list may see nothing of the service.
  return [own, { name: `services/${serviceId}`, serviceId: null }, { name: "services", serviceId: null }];
}
