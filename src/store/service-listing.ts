/**
 * The services that are not deleted, for looks over all of them that come back every few seconds: what was decoded stays,
 * and only what was saved since is read again. 1,000 records took 8 ms and 4 MB of garbage each time.
 *
 * INVARIANT: whoever saves a service tells it here, within the work that writes. Nobody else writes the database (there is a
 * lock), and a session does one work after the other, so nothing is read between the word and the end of a transaction;
 * one that fails only costs reading again.
 */
import type { Service, ServiceStatus } from "../domain/service.ts";
import type { Queries } from "./session.ts";

/** By id; all that are not deleted when none are given. */
export type ReadServices = (db: Queries, ids?: readonly string[]) => Promise<readonly Service[]>;

/** A statement takes some 32,000 values; far fewer are slower than reading all. */
const MOST_READ_BY_ID = 200;

export class ServiceListing {
  readonly #read: ReadServices;
  readonly #services = new Map<string, Service>();
  #isComplete = false;
  readonly #saved = new Set<string>();

  constructor(read: ReadServices) {
    this.#read = read;
  }

  saved(id: string): void {
    this.#saved.add(id);
  }

  async withStatus(db: Queries, statuses: readonly ServiceStatus[]): Promise<readonly Service[]> {
    if (this.#isComplete && this.#saved.size <= MOST_READ_BY_ID) await this.#readSaved(db);
    else await this.#readAll(db);
    this.#saved.clear();
    return [...this.#services.values()].filter(({ status }) => statuses.includes(status));
  }

  async #readAll(db: Queries): Promise<void> {
    const services = await this.#read(db);
    this.#services.clear();
    for (const service of services) this.#services.set(service.id, service);
    this.#isComplete = true;
  }

  async #readSaved(db: Queries): Promise<void> {
    if (this.#saved.size === 0) return;
    const ids = [...this.#saved];
    const live = new Map((await this.#read(db, ids)).map((service) => [service.id, service]));
    for (const id of ids) {
      const service = live.get(id);
      if (service === undefined) this.#services.delete(id);
      else this.#services.set(id, service);
    }
  }
}
