/**
 * A small world for tests of the keeper: store, edge, authority and DNS that outlive it, and a keeper that can be killed
 * before and after every act.
 */
import type { Certificate } from "../../domain/certificate.ts";
import type { CustomDomain } from "../../domain/custom-domain.ts";
import { challengeName, namesOf } from "../../domain/custom-domain.ts";
import { defaultHealthCheck } from "../../domain/health-check.ts";
import type { Service } from "../../domain/service.ts";
import { FakeClock } from "../../operations/testing/fake-clock.ts";
import { Life } from "../../operations/testing/life.ts";
import type { CertificateAuthority } from "../../ports/certificate-authority.ts";
import { FakeCertificateAuthority } from "../../ports/fake-certificate-authority.ts";
import { FakeChallengeZone } from "../../ports/fake-challenge-zone.ts";
import { FakeDomainLookup } from "../../ports/fake-domain-lookup.ts";
import { FakeEdgeTls } from "../../ports/fake-edge-tls.ts";
import { FakeServiceLog } from "../../ports/fake-service-log.ts";
import type { Store } from "../../ports/store.ts";
import { openSqliteStore } from "../../store/sqlite-store.ts";
import { DomainKeeper } from "../domain-keeper.ts";
import type { DomainOptions } from "../domain-ports.ts";
import { defaultTransport } from "../name-entry.ts";
import { FakeCertificates } from "./fake-certificates.ts";

export const ZONE = "acme.apps.test";
export const DAY_MS = 86_400_000;
const BASE_DOMAIN = "apps.test";

export interface WorldOptions {
  readonly hasAuthority?: boolean;
  readonly hasZone?: boolean;
  readonly options?: Partial<DomainOptions>;
}

export class DomainWorld {
  readonly clock = new FakeClock();
  readonly store: Store;
  readonly certificates = new FakeCertificates();
  readonly edge = new FakeEdgeTls((chainPem) => this.certificates.describe(chainPem).fingerprint);
  readonly lookup = new FakeDomainLookup(this.edge.answers);
  readonly authority: FakeCertificateAuthority;
  readonly log = new FakeServiceLog({ clock: this.clock });
  readonly errors: unknown[] = [];
  readonly platformProblems: (string | null)[] = [];
  readonly #given: WorldOptions;
  zone: FakeChallengeZone | null = null;
  #ids = 0;
  #services = 0;
  #life = new Life();
  #keeper: DomainKeeper | null = null;
  #end = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** Moments before and after acts that the keeper has seen. */
  moments = 0;
  killAt = 0;
  /** What the authority makes of a request. */
  issue = (names: readonly string[], keyPem: string): string =>
    this.certificates.issue(names, {
      nowMs: this.clock.now(),
      lifeMs: 90 * DAY_MS,
      issuer: "Authority",
      keyPem,
    });
  /** Called at each moment. */
  onMoment: () => void = () => undefined;

  static async make(given: WorldOptions = {}): Promise<DomainWorld> {
    return new DomainWorld(await openSqliteStore({ path: ":memory:" }), given);
  }

  private constructor(store: Store, given: WorldOptions) {
    this.store = store;
    this.#given = given;
    this.authority = new FakeCertificateAuthority({
      now: () => this.clock.now(),
      issue: (names, keyPem) => this.issue(names, keyPem),
      isProven: ({ name, kind, token, text }) => this.#isProven(name, kind, token, text),
    });
  }

  get keeper(): DomainKeeper {
    if (this.#keeper === null) throw new Error("the keeper does not run");
    return this.#keeper;
  }

  /** A new process over the same world. */
  async boot(): Promise<void> {
    const life = new Life();
    this.#life = life;
    this.#end = new AbortController();
    this.zone = this.#given.hasZone === false ? null : new FakeChallengeZone(ZONE);
    const authority: CertificateAuthority | null = this.#given.hasAuthority === false ? null : this.authority;
    this.#keeper = new DomainKeeper({
      store: life.bind(this.#watched(this.store, ["transaction"])),
      edge: life.bind(
        this.#watched(this.edge, [
          "setName",
          "removeName",
          "setCertificate",
          "removeCertificate",
          "setChallenge",
          "removeChallenge",
          "handshake",
        ]),
      ),
      lookup: life.bind(this.#watched(this.lookup, ["check", "fetchProblem"])),
      authority:
        authority === null
          ? null
          : life.bind(
              this.#watched(authority, [
                "placeOrder",
                "readOrder",
                "acceptChallenge",
                "finalize",
                "download",
              ]),
            ),
      zone: this.zone,
      tools: this.certificates.tools,
      vault: {
        seal: (purpose, text) => `${purpose}|${text}`,
        open: (purpose, sealed) => opened(purpose, sealed),
      },
      clock: life.bind(this.clock),
      ids: {
        hex32: () => (++this.#ids).toString(16).padStart(32, "0"),
        hostLabel: () => `host${++this.#ids}`,
      },
      log: life.bind(this.log),
      options: {
        region: "us-east-1",
        baseDomain: BASE_DOMAIN,
        domainQuota: 1000,
        httpsRedirect: "auto",
        transportOf: () => defaultTransport,
        ...this.#given.options,
      },
      onPlatformProblem: (problem) => this.platformProblems.push(problem),
      onError: (error) => this.errors.push(error),
    });
    this.#running = this.#keeper.run(this.#end.signal);
    await this.settle();
  }

  /** Nothing of the keeper moves any more, from this moment on. */
  kill(): void {
    this.#life.end();
    this.clock.forgetSleepers();
  }

  get isDead(): boolean {
    return this.#life.isOver;
  }

  async reboot(): Promise<void> {
    this.kill();
    await this.boot();
  }

  async close(): Promise<void> {
    if (!this.isDead) {
      this.#end.abort();
      await this.#running;
    }
    await this.store.close();
    if (this.errors.length > 0) throw new AggregateError(this.errors, "the keeper reported errors");
  }

  /** Lets all that can happen without time passing happen. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => void setImmediate(resolve));
  }

  /** Dead processes are started again, as their supervisor would. */
  async advance(durationMs: number): Promise<void> {
    await this.clock.advance(durationMs, () => this.settle());
  }

  /** Time passes without anybody at work (the machine slept), then a moment at work. */
  async skip(durationMs: number): Promise<void> {
    this.clock.jump(durationMs);
    await this.advance(1_000);
  }

  async service(change: Partial<Service> = {}): Promise<Service> {
    const id = (++this.#services).toString(16).padStart(32, "a");
    const service: Service = {
      id,
      arn: `arn:aws:apprunner:us-east-1:000000000000:service/web${id}/${id}`,
      name: `web${this.#services}`,
      host: `host${this.#services}.us-east-1.${BASE_DOMAIN}`,
      status: "RUNNING",
      configuration,
      encryptionKeyArn: null,
      slots: { blue: this.#services * 2, green: this.#services * 2 + 1, active: "blue" },
      activeReleaseNumber: 1,
      createdAtMs: this.clock.now(),
      updatedAtMs: this.clock.now(),
      deletedAtMs: null,
      ...change,
    };
    await this.store.services.save(service);
    return service;
  }

  async associate(serviceId: string, domainName: string, enableWwwSubdomain = false): Promise<CustomDomain> {
    const domain = await this.keeper.associate({ serviceId, domainName, enableWwwSubdomain });
    await this.settle();
    return domain;
  }

  /** What may be refused, or may die with the process. */
  async try(command: (keeper: DomainKeeper) => Promise<unknown>): Promise<void> {
    void command(this.keeper).catch(() => undefined);
    await this.settle();
  }

  async domain(name: string): Promise<CustomDomain> {
    const domain = await this.store.customDomains.get(name);
    if (domain === null) throw new Error(`there is no domain ${name}`);
    return domain;
  }

  async status(name: string): Promise<string> {
    return (await this.store.customDomains.get(name))?.status ?? "gone";
  }

  /** Its records are set right: each name leads here, or proves itself by delegation. */
  async setRecords(name: string, kind: "http" | "dns"): Promise<void> {
    const domain = await this.domain(name);
    for (const one of namesOf(domain)) {
      if (kind === "http") this.lookup.leadHere.add(one);
      else this.lookup.delegations.set(challengeName(one), `${domain.challengeLabels[one]}.${ZONE}`);
    }
  }

  /** The certificate that the record says is in use. */
  async inUse(subject: "platform" | `domain:${string}`): Promise<Certificate | null> {
    const issuance = await this.store.issuances.get(subject);
    return this.store.certificates.get(issuance?.certificateId ?? "");
  }

  events(serviceId: string): readonly string[] {
    return this.log.texts({ serviceId }, { kind: "events" });
  }

  #isProven(name: string, kind: "http" | "dns", token: string, text: string): boolean {
    if (kind === "http") return this.lookup.leadHere.has(name) && this.edge.answers.get(token) === text;
    const target = this.lookup.delegations.get(challengeName(name));
    const label = target?.slice(0, -ZONE.length - 1) ?? "";
    return this.zone?.texts.get(label)?.has(text) === true;
  }

  /** Each of these calls is a moment to be killed before, and one after. */
  #watched<Port extends object>(port: Port, methods: readonly (keyof Port & string)[]): Port {
    return new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        const method = value as (...given: unknown[]) => unknown;
        if (!(methods as readonly string[]).includes(String(key))) return method.bind(target);
        return async (...given: unknown[]) => {
          this.#moment();
          if (this.isDead) return new Promise(() => undefined);
          const result: unknown = await method.apply(target, given);
          this.#moment();
          return result;
        };
      },
    });
  }

  #moment(): void {
    this.moments++;
    this.onMoment();
    if (this.moments === this.killAt) this.kill();
  }
}

function opened(purpose: string, sealed: string): string {
  const [sealedFor, text = ""] = sealed.split("|");
  if (sealedFor !== purpose) throw new Error("sealed for another purpose");
  return text;
}

const configuration: Service["configuration"] = {
  source: {
    kind: "image",
    imageIdentifier: "web:1",
    repositoryType: "ECR_PUBLIC",
    port: "8080",
    startCommand: null,
    environment: {},
    environmentSecrets: {},
  },
  autoDeploymentsEnabled: false,
  instance: { cpu: "256", memory: "512" },
  healthCheck: defaultHealthCheck,
  autoScalingConfigurationArn: "arn:default",
  network: { egressType: "DEFAULT", isPubliclyAccessible: true, ipAddressType: "IPV4" },
};
