/**
 * Gets, binds, verifies and renews certificates, keeps the names at the edge right, and tells people what is missing.
 * Commands record wishes; a worker for each domain, and one for the platform's own names, makes them true. See README.md.
 */
import { setImmediate as yieldToOthers } from "node:timers/promises";
import { type CertificateSubject, domainSubject } from "../domain/certificate.ts";
import type { CustomDomain } from "../domain/custom-domain.ts";
import { isSlipwayError } from "../domain/error.ts";
import { orAborted } from "../domain/or-aborted.ts";
import type { DomainCommands } from "../ports/domain-commands.ts";
import type { ServiceLog } from "../ports/service-log.ts";
import { Agenda } from "./agenda.ts";
import {
  nameOrText,
  noSuchDomain,
  readAssociation,
  recordAssociation,
  recordDisassociation,
} from "./associations.ts";
import { CertificateShelf } from "./certificate-shelf.ts";
import { DomainStory } from "./domain-story.ts";
import { EdgeNames } from "./edge-names.ts";
import { HttpAnswers } from "./http-answers.ts";
import { deleteCertificate, importCertificate } from "./imports.ts";
import type { DomainOptions, DomainPorts } from "./domain-ports.ts";
import type { KeeperContext } from "./keeper-context.ts";
import { KeyedTurns } from "./keyed-turns.ts";
import { Limiter } from "./limiter.ts";
import { LoadedNames } from "./loaded-names.ts";
import { platformNames } from "./observe-subject.ts";
import { OrderPlaces } from "./order-places.ts";
import { neededNames } from "./plan-subject.ts";
import { VERIFY_AFTER_START_MS } from "./pauses.ts";
import { fraction } from "./spread.ts";
import { SubjectIndex } from "./subject-index.ts";
import { ensurePlatformLabel, tryFrom } from "./subject-rows.ts";
import { SubjectWorker } from "./subject-worker.ts";
import { Upkeep } from "./upkeep.ts";
import { UrgentTries } from "./urgent-tries.ts";
import { validationRecordsOf } from "./validation-records.ts";

export interface DomainKeeperDeps extends DomainPorts {
  readonly log: Pick<ServiceLog, "write">;
  readonly options: DomainOptions;
  readonly onPlatformProblem: KeeperContext["onPlatformProblem"];
  readonly onError: KeeperContext["onError"];
}

const AFTER_TROUBLE_MS = 5_000;
/** A domain that is being taken away is waited for before somebody else gets it. */
const LEAVING_MS = 5_000;
/** The rest of the process comes to its turn after so many domains. */
const STARTS_AT_ONCE = 16;
/** Of a service: all, whatever the quota. */
const DOMAINS_AT_ONCE = 100_000;

export class DomainKeeper implements DomainCommands {
  readonly #deps: DomainKeeperDeps;
  readonly #context: KeeperContext;
  readonly #agenda: Agenda<CertificateSubject>;
  readonly #names: EdgeNames;
  readonly #upkeep: Upkeep;
  readonly #turns = new KeyedTurns<CertificateSubject>();
  readonly #workers = new Map<CertificateSubject, SubjectWorker>();
  readonly #queued = new Set<CertificateSubject>();
  readonly #tries = new UrgentTries();
  #prepared: Promise<void> | null = null;
  #platformLabel = "";
  #end: AbortSignal | null = null;
  #startedAtMs = 0;

  constructor(deps: DomainKeeperDeps) {
    const { log, options, onPlatformProblem, onError, ...ports } = deps;
    this.#deps = deps;
    const index = new SubjectIndex();
    this.#context = {
      ports,
      options,
      shelf: new CertificateShelf(),
      index,
      loaded: new LoadedNames(ports, index),
      answers: new HttpAnswers(ports.edge),
      story: new DomainStory(log, ports.store),
      places: new OrderPlaces((subject) => this.#wake(subject)),
      limits: { lookups: new Limiter(16), authority: new Limiter(8), edge: new Limiter(4) },
      platformLabel: () => this.#platformLabel,
      onReplaced: () => this.#upkeep.sweepSoon(),
      onPlatformProblem,
      onError,
    };
    this.#agenda = new Agenda(ports.clock);
    this.#names = new EdgeNames(this.#context);
    this.#upkeep = new Upkeep(this.#context, this.#names, {
      wake: (subject) => this.#wake(subject),
      isLookedAfter: (subject) => this.#workers.has(subject),
      report: (error) => this.#report(error, null),
    });
  }

  /** Works until the signal is aborted; then everything that was begun has ended too. The edge has to be ready. */
  async run(end: AbortSignal): Promise<void> {
    await this.#prepareUntilReady(end);
    if (end.aborted) return;
    this.#end = end;
    this.#startedAtMs = this.#deps.clock.now();
    const upkeep = this.#upkeep.run(end);
    try {
      for (const [subject] of this.#context.index.entries()) this.#agenda.set(subject, this.#startedAtMs);
      for (;;) await this.#startAll(await this.#agenda.next(end));
    } catch (error) {
      if (!end.aborted) throw error;
    } finally {
      await upkeep;
      await this.#turns.allDrained();
    }
  }

  async associate(request: Parameters<DomainCommands["associate"]>[0]): Promise<CustomDomain> {
    await this.#prepare();
    const { store } = this.#deps;
    const read = readAssociation(request, this.#context);
    await this.#awaitLeaving([read.domainName, `www.${read.domainName}`]);
    const domain = await store.transaction((tx) => recordAssociation(tx, read, this.#context));
    await this.#context.story.associated(domain);
    this.#wake(domainSubject(domain.name));
    return domain;
  }

  async disassociate(request: Parameters<DomainCommands["disassociate"]>[0]): Promise<CustomDomain> {
    await this.#prepare();
    const { store, clock } = this.#deps;
    const domain = await store.transaction((tx) => recordDisassociation(tx, request, clock.now()));
    this.#leave(domain.name);
    return domain;
  }

  async checkNow(domainName: string, signal: AbortSignal): Promise<CustomDomain> {
    await this.#prepare();
    const { store, clock } = this.#deps;
    const name = nameOrText(domainName);
    if ((await store.customDomains.get(name)) === null) throw noSuchDomain(domainName);
    const subject = domainSubject(name);
    const nowMs = clock.now();
    const tryAtMs = this.#tries.wish(subject, nowMs);
    this.#worker(subject).hurry(tryAtMs > nowMs ? "look" : "try");
    this.#wake(subject);
    await orAborted(this.#turns.drained(subject), signal).catch(() => undefined);
    // Not before: what was under way may have failed meanwhile, and have a pause of its own.
    if (tryAtMs > nowMs) await this.#tryFrom(subject, tryAtMs);
    const domain = await store.customDomains.get(name);
    if (domain === null) throw noSuchDomain(domainName);
    return domain;
  }

  async importCertificate(request: Parameters<DomainCommands["importCertificate"]>[0]) {
    await this.#prepare();
    const { certificate, subjects } = await importCertificate(request, this.#context);
    for (const subject of subjects) this.#wake(subject);
    return certificate;
  }

  async deleteCertificate(certificateId: string): Promise<void> {
    await this.#prepare();
    for (const subject of await deleteCertificate(certificateId, this.#context)) this.#wake(subject);
    this.#upkeep.sweepSoon();
  }

  validationRecords(domain: CustomDomain) {
    return validationRecordsOf(domain, this.#deps.authority === null ? null : this.#deps.zone);
  }

  localAuthorityPem(): string {
    return this.#deps.tools.localAuthorityPem();
  }

  /** A service's tags changed, or it is new. */
  reconsider(serviceId: string): void {
    this.#inBackground(async (end) => {
      await this.#names.refreshHost(serviceId, end);
      const page = { after: null, limit: DOMAINS_AT_ONCE };
      const { rows } = await this.#deps.store.customDomains.list(serviceId, page);
      for (const { name } of rows) this.#wake(domainSubject(name));
    });
  }

  /** Everything that is served is looked at again, within a minute or two. */
  edgeRestarted(): void {
    for (const [subject, worker] of this.#workers) {
      worker.remember({ served: null, verifyAtMs: this.#verifyAtMs(subject, this.#deps.clock.now()) });
      this.#agenda.set(subject, this.#deps.clock.now());
    }
  }

  /** Resolves when nothing is being done for this domain; it may wait for a time. */
  quiet(domainName: string): Promise<void> {
    return this.#turns.drained(domainSubject(domainName));
  }

  /** What is decided by, from the store; once. */
  #prepare(): Promise<void> {
    this.#prepared ??= this.#load().catch((error: unknown) => {
      this.#prepared = null;
      throw error;
    });
    return this.#prepared;
  }

  async #load(): Promise<void> {
    const { store, ids } = this.#deps;
    const { shelf, index, places } = this.#context;
    this.#platformLabel = await ensurePlatformLabel(store, () => ids.hex32());
    await shelf.load(store);
    index.set("platform", { names: platformNames(this.#context), certificateId: null, isServed: false });
    for (const row of await store.customDomains.listAll()) {
      index.set(domainSubject(row.name), {
        names: neededNames(row, true),
        certificateId: null,
        isServed: false,
      });
    }
    for (const { subject, certificateId, order } of await store.issuances.listAll()) {
      index.set(subject, { names: index.get(subject)?.names ?? [], certificateId, isServed: false });
      if (order !== null) places.take(subject);
    }
  }

  async #prepareUntilReady(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      try {
        await this.#prepare();
        return;
      } catch (error) {
        this.#report(error, null);
        await this.#deps.clock.sleep(AFTER_TROUBLE_MS, end).catch(() => undefined);
      }
    }
  }

  async #startAll(subjects: readonly CertificateSubject[]): Promise<void> {
    for (const [position, subject] of subjects.entries()) {
      if (position % STARTS_AT_ONCE === STARTS_AT_ONCE - 1) await yieldToOthers();
      this.#wake(subject);
    }
  }

  /** Many calls before its turn are one. Before the start it is enough that the row is there. */
  #wake(subject: CertificateSubject): void {
    const end = this.#end;
    if (end === null || end.aborted || this.#queued.has(subject)) return;
    this.#queued.add(subject);
    void this.#turns
      .run(subject, async () => {
        this.#queued.delete(subject);
        this.#agenda.delete(subject);
        const nextMs = await this.#worker(subject).cycle(end);
        if (nextMs === null) this.#forget(subject);
        else this.#agenda.set(subject, nextMs);
      })
      .catch((error: unknown) => {
        if (!end.aborted) this.#report(error, subject);
      });
  }

  #worker(subject: CertificateSubject): SubjectWorker {
    const present = this.#workers.get(subject);
    if (present !== undefined) return present;
    const worker = new SubjectWorker(subject, this.#context, this.#verifyAtMs(subject, this.#startedAtMs));
    this.#workers.set(subject, worker);
    return worker;
  }

  #forget(subject: CertificateSubject): void {
    this.#workers.delete(subject);
    this.#tries.forget(subject);
  }

  async #tryFrom(subject: CertificateSubject, atMs: number): Promise<void> {
    const isEarlier = await this.#deps.store.transaction((tx) => tryFrom(tx, subject, atMs));
    if (isEarlier) this.#wake(subject);
  }

  #verifyAtMs(subject: CertificateSubject, fromMs: number): number {
    return fromMs + VERIFY_AFTER_START_MS * fraction(subject);
  }

  /** Whatever it waits for is of no interest any more. */
  #leave(name: string): void {
    this.#worker(domainSubject(name)).interrupt();
    this.#wake(domainSubject(name));
  }

  async #awaitLeaving(names: readonly string[]): Promise<void> {
    const { store, clock } = this.#deps;
    for (const name of names) {
      const owner = await store.customDomains.findByName(name);
      if (owner === null) continue;
      const service = await store.services.get(owner.serviceId);
      if (owner.status !== "deleting" && service !== null && service.status !== "DELETED") continue;
      this.#leave(owner.name);
      const left = new AbortController();
      await Promise.race([
        this.quiet(owner.name),
        clock.sleep(LEAVING_MS, left.signal).catch(() => undefined),
      ]);
      left.abort();
    }
  }

  #inBackground(work: (end: AbortSignal) => Promise<void>): void {
    const end = this.#end;
    if (end === null) return;
    void work(end).catch((error: unknown) => {
      if (!end.aborted) this.#report(error, null);
    });
  }

  #report(error: unknown, subject: CertificateSubject | null): void {
    const isTold = isSlipwayError(error, "EdgeUnavailable") || isSlipwayError(error, "StoreUnavailable");
    if (!isTold) this.#deps.onError(error, subject === null ? null : subject);
  }
}
