/**
 * Services whose requests the edge refuses in their place, because they are paused, start or failed. The autoscaler does not
 * tell of them; a request that was refused does. So the edge is asked only for those that are called, and what it counted
 * since its start says how many they were. Without input or output.
 */
import type { ServiceRequest } from "../../ports/request-log.ts";
import type { MetricOwner } from "./metric-store.ts";

/** A host is asked for in so many rounds after something was heard of it, as a slot is. */
const ROUNDS_AFTER = 2;

export class RefusingHosts {
  readonly #heard = new Map<string, { readonly owner: MetricOwner; roundsLeft: number }>();

  get hosts(): readonly string[] {
    return [...this.#heard.keys()];
  }

  hear({ service, serviceHost, slot, cut }: ServiceRequest): void {
    if (service === null || serviceHost === undefined || slot !== null || cut !== "refused") return;
    const owner = { serviceId: service.id, serviceName: service.name, instanceId: null };
    this.#heard.set(serviceHost, { owner, roundsLeft: ROUNDS_AFTER });
  }

  /** The edge has answered: whose hosts were asked for, and nothing is forgotten that refuses on. */
  endRound(grown: ReadonlySet<string>): readonly (readonly [string, MetricOwner])[] {
    const asked = [...this.#heard];
    for (const [host, heard] of asked) {
      heard.roundsLeft = grown.has(host) ? ROUNDS_AFTER : heard.roundsLeft - 1;
      if (heard.roundsLeft === 0) this.#heard.delete(host);
    }
    return asked.map(([host, { owner }]) => [host, owner]);
  }
}
