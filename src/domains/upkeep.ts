/** What is looked at for all domains together, each minute: deleted services, and what nobody explains or uses. */
import { type CertificateOrder, type CertificateSubject, domainSubject } from "../domain/certificate.ts";
import { sweepCertificates } from "./certificate-sweep.ts";
import type { EdgeNames } from "./edge-names.ts";
import type { KeeperContext } from "./keeper-context.ts";

const PASS_MS = 60_000;
/** Tags of services' own hosts are looked at with each so many passes; a changed one is told of. */
const HOSTS_EVERY_PASSES = 10;
/** Many domains may be verified at once, after a start for instance: certificates are swept once for all. */
const SWEEP_AFTER_MS = 1_000;

interface Workers {
  wake(subject: CertificateSubject): void;
  isLookedAfter(subject: CertificateSubject): boolean;
  report(error: unknown): void;
}

export class Upkeep {
  readonly #context: KeeperContext;
  readonly #names: EdgeNames;
  readonly #workers: Workers;
  #end: AbortSignal | null = null;
  #isSweepDue = false;
  #startedAtMs = 0;

  constructor(context: KeeperContext, names: EdgeNames, workers: Workers) {
    this.#context = context;
    this.#names = names;
    this.#workers = workers;
  }

  async run(end: AbortSignal): Promise<void> {
    this.#end = end;
    this.#startedAtMs = this.#context.ports.clock.now();
    for (let count = 0; !end.aborted; count++) {
      await this.#pass(count, end).catch((error: unknown) => {
        if (!end.aborted) this.#workers.report(error);
      });
      await this.#context.ports.clock.sleep(PASS_MS, end).catch(() => undefined);
    }
  }

  /** There may be certificates that nobody uses any more. */
  sweepSoon(): void {
    const end = this.#end;
    if (end === null || this.#isSweepDue) return;
    this.#isSweepDue = true;
    void this.#sweep(end).catch((error: unknown) => {
      this.#isSweepDue = false;
      if (!end.aborted) this.#workers.report(error);
    });
  }

  async #pass(count: number, end: AbortSignal): Promise<void> {
    if (count % HOSTS_EVERY_PASSES === 0) await this.#names.refreshHosts(end);
    await this.#redirect(end);
    await this.#wakeUnexplained();
    await this.#names.removeStale(end);
    await this.#removeStrayAnswers(end);
    await sweepCertificates(this.#context, end);
  }

  async #sweep(end: AbortSignal): Promise<void> {
    await this.#context.ports.clock.sleep(SWEEP_AFTER_MS, end);
    this.#isSweepDue = false;
    await this.#redirect(end);
    await sweepCertificates(this.#context, end);
  }

  /** Hosts with tags of their own follow what holds for all. */
  async #redirect(end: AbortSignal): Promise<void> {
    if (await this.#names.setRedirect(end)) await this.#names.refreshHosts(end);
  }

  /** An order from before our start may still need an answer that was put in place then. */
  async #removeStrayAnswers(end: AbortSignal): Promise<void> {
    const { answers, ports } = this.#context;
    if (answers.strays().length === 0) return;
    const issuances = await ports.store.issuances.listAll();
    const isOld = (order: CertificateOrder | null) => order !== null && order.placedAtMs <= this.#startedAtMs;
    if (!issuances.some(({ order }) => isOld(order))) await answers.removeStrays(end);
  }

  /** Domains of services that were deleted, and any that nobody looks after. */
  async #wakeUnexplained(): Promise<void> {
    const { store } = this.#context.ports;
    const live = new Set(await store.services.listLiveIds());
    for (const { name, serviceId } of await store.customDomains.listAll()) {
      const subject = domainSubject(name);
      if (!live.has(serviceId) || !this.#workers.isLookedAfter(subject)) this.#workers.wake(subject);
    }
  }
}
