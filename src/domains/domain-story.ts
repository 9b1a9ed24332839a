/** Tells in the event log of its service what becomes of a domain. A line that is told again after a crash adds nothing. */
import type { CertificateFacts } from "./certificate-choice.ts";
import type { CustomDomain, CustomDomainStatus } from "../domain/custom-domain.ts";
import { domainEventLine } from "../domain/domain-event-line.ts";
import type { ServiceLog } from "../ports/service-log.ts";
import type { Tables } from "../ports/store.ts";
import { dayOf } from "./problem.ts";

type Told = Pick<CustomDomain, "name" | "serviceId" | "createdAtMs">;

export class DomainStory {
  readonly #log: Pick<ServiceLog, "write">;
  readonly #store: Pick<Tables, "services">;

  constructor(log: Pick<ServiceLog, "write">, store: Pick<Tables, "services">) {
    this.#log = log;
    this.#store = store;
  }

  associated(domain: Told): Promise<void> {
    return this.#tell(domain, "associated", domainEventLine.associated(domain.name));
  }

  /** `sinceMs`: of the status before, so that each change is told, and each once. */
  status(domain: Told, status: CustomDomainStatus, sinceMs: number): Promise<void> {
    return this.#tell(domain, `${status}-${sinceMs}`, domainEventLine.statusSet(domain.name, status));
  }

  /** The same problem at most once a day. */
  problem(domain: Told, problem: string | null, nowMs: number): Promise<void> {
    if (problem === null) return this.#tell(domain, `healed-${nowMs}`, domainEventLine.healed(domain.name));
    const key = `problem-${dayOf(nowMs)}-${problem}`;
    return this.#tell(domain, key, domainEventLine.troubled(domain.name, problem));
  }

  certified(domain: Told, { id, origin, fingerprint, notAfterMs }: CertificateFacts): Promise<void> {
    const line = domainEventLine.certified(domain.name, origin, dayOf(notAfterMs));
    return this.#tell(domain, `certified-${id}-${fingerprint.slice(0, 8)}`, line);
  }

  removed(domain: Told): Promise<void> {
    return this.#tell(domain, "removed", domainEventLine.removed(domain.name));
  }

  async #tell({ name, serviceId, createdAtMs }: Told, key: string, text: string): Promise<void> {
    const service = await this.#store.services.get(serviceId);
    if (service === null) return;
    const owner = { serviceId, serviceName: service.name };
    await this.#log.write(owner, { kind: "events" }, { key: `domain-${name}-${createdAtMs}-${key}`, text });
  }
}
