/**
 * Whose a request is: services by their slots and hosts, from the store. A look costs the list of ids and the services that
 * are new (a slot stays a service's own until it is deleted); it is due every few seconds, and sooner for a request of a
 * service that is not known yet. Strangers who ask for hosts that nobody has cause none.
 */
import type { Service } from "../../domain/service.ts";
import type { RequestRecord, ServiceRequest } from "../../ports/request-log.ts";
import type { Store } from "../../ports/store.ts";

const FRESH_MS = 5_000;
const FRESH_FOR_UNKNOWN_MS = 500;

type Owner = NonNullable<ServiceRequest["service"]>;

export class SlotOwners {
  readonly #store: Pick<Store, "services">;
  readonly #now: () => number;
  #known: ReadonlyMap<string, Pick<Service, "id" | "name" | "host" | "slots">> = new Map();
  #bySlot: ReadonlyMap<number, Owner> = new Map();
  #byHost: ReadonlyMap<string, Owner> = new Map();
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(store: Pick<Store, "services">, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async withOwners(records: readonly RequestRecord[]): Promise<readonly ServiceRequest[]> {
    const ageMs = this.#now() - this.#readAtMs;
    const isUnknown = (record: RequestRecord): boolean =>
      isOfService(record) && this.#ownerOf(record) === null;
    if (ageMs >= FRESH_MS || (ageMs >= FRESH_FOR_UNKNOWN_MS && records.some(isUnknown))) await this.#read();
    return records.map((record) => ({ ...record, service: this.#ownerOf(record) }));
  }

  #ownerOf({ slot, serviceHost }: RequestRecord): Owner | null {
    const bySlot = slot === null ? undefined : this.#bySlot.get(slot);
    return bySlot ?? (serviceHost === undefined ? null : (this.#byHost.get(serviceHost) ?? null));
  }

  async #read(): Promise<void> {
    this.#readAtMs = this.#now();
    const ids = await this.#store.services.listLiveIds();
    const services: Pick<Service, "id" | "name" | "host" | "slots">[] = [];
    for (const id of ids) {
      const known = this.#known.get(id);
      const service =
        known === undefined || known.slots === null ? await this.#store.services.get(id) : known;
      if (service !== null) services.push(service);
    }
    this.#known = new Map(services.map(({ id, name, host, slots }) => [id, { id, name, host, slots }]));
    this.#byHost = new Map(services.map((service) => [service.host, ownerOf(service)]));
    this.#bySlot = new Map(
      services.flatMap((service) => slotsOf(service).map((slot) => [slot, ownerOf(service)])),
    );
  }
}

/** A request for a host that nobody has is of none. */
function isOfService({ slot, serviceHost }: RequestRecord): boolean {
  return slot !== null || serviceHost !== undefined;
}

function ownerOf({ id, name }: Pick<Service, "id" | "name">): Owner {
  return { id, name };
}

function slotsOf({ slots }: Pick<Service, "slots">): readonly number[] {
  return slots === null ? [] : [slots.blue, slots.green];
}
