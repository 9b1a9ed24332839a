/**
 * Which names lead where inside of the installation, and who may call whom. Who is connected says the caller's tag; a
 * service's internal name is its name, an ingress connection publishes a private one under the connection's name and its
 * custom domains.
 *
 * All of it is read once; from then on only what changed, so that a change costs the same with one service and with a
 * thousand. Not for calls side by side. After an error the next call has to be `readAll`.
 */
import { parseArn } from "../domain/arn.ts";
import { isWildcard, namesOf } from "../domain/custom-domain.ts";
import { internalName } from "../domain/internal-name.ts";
import type { Service } from "../domain/service.ts";
import type { Connected, InternalName, InternalWish } from "../ports/edge-internal.ts";
import type { Tables } from "../ports/store.ts";
import { extensionsOf } from "./observe.ts";

const PAGE = 200;
/** More than there may be. */
const ALL = { after: null, limit: 100_000 };

export type InternalTables = Pick<Tables, "services" | "tags" | "vpcIngressConnections" | "customDomains">;

/** What is to be read again. Ids are of services. */
export interface InternalChange {
  /** Made, deleted, or with other tags; in the order in which they were told. */
  readonly services: ReadonlySet<string>;
  /** With other custom domains. */
  readonly domains: ReadonlySet<string>;
  readonly isIngress: boolean;
}

interface Known {
  readonly name: string;
  readonly host: string;
  /** Internal names that it is connected to. */
  readonly wanted: readonly string[];
}

export class InternalNames {
  readonly #tables: InternalTables;
  /** In the order in which they were made. */
  readonly #services = new Map<string, Known>();
  /** Names of the connections that publish a service. */
  #ingress: ReadonlyMap<string, readonly string[]> = new Map();
  /** Active custom domains of published services. */
  readonly #domains = new Map<string, readonly string[]>();

  constructor(tables: InternalTables) {
    this.#tables = tables;
  }

  async readAll(): Promise<void> {
    this.#services.clear();
    this.#domains.clear();
    for (const page of (await this.#allServices()).toReversed()) await this.#keep(page.toReversed());
    await this.#readIngress();
  }

  /** True when the wish is another one now. */
  async readAgain({ services, domains, isIngress }: InternalChange): Promise<boolean> {
    const before = isIngress ? this.#published() : "";
    const haveServicesChanged = await this.#readServices([...services]);
    if (isIngress) await this.#readIngress();
    const haveDomainsChanged = await this.#readDomains([...domains].filter((id) => this.#ingress.has(id)));
    return haveServicesChanged || haveDomainsChanged || (isIngress && before !== this.#published());
  }

  wish(): InternalWish {
    const names = new Map<string, InternalName>();
    const byName = new Map<string, string[]>();
    // An older one keeps a name from a younger one whose name differs in case alone.
    for (const { name, host } of this.#services.values()) {
      const own = internalName(name);
      if (!names.has(own)) names.set(own, { host, isIngress: false });
      byName.set(own, [...(byName.get(own) ?? []), host]);
    }
    for (const [id, connections] of this.#ingress) {
      const host = this.#services.get(id)?.host;
      if (host === undefined) continue;
      for (const name of [...connections, ...(this.#domains.get(id) ?? [])])
        names.set(name, { host, isIngress: true });
    }
    return { names, connections: this.#connections(byName) };
  }

  #connections(byName: ReadonlyMap<string, readonly string[]>): readonly Connected[] {
    return [...this.#services].flatMap(([callerId, { wanted }]) =>
      wanted.flatMap((name) => byName.get(name) ?? []).map((host) => ({ callerId, host })),
    );
  }

  /** Newest first. */
  async #allServices(): Promise<readonly (readonly Service[])[]> {
    const pages: (readonly Service[])[] = [];
    for (let after: string | null = null; ;) {
      const page = await this.#tables.services.list({ after, limit: PAGE });
      pages.push(page.rows);
      after = page.lastKey;
      if (after === null) return pages;
    }
  }

  async #readServices(ids: readonly string[]): Promise<boolean> {
    let hasChanged = false;
    for (let start = 0; start < ids.length; start += PAGE) {
      const page = ids.slice(start, start + PAGE);
      const live = new Map((await this.#tables.services.listByIds(page)).map((row) => [row.id, row]));
      for (const id of page) if (!live.has(id)) hasChanged = this.#services.delete(id) || hasChanged;
      const rows = page.flatMap((id) => live.get(id) ?? []);
      hasChanged = (await this.#keep(rows)) || hasChanged;
    }
    return hasChanged;
  }

  /** True when something is other than it was. A service that is known keeps its place. */
  async #keep(rows: readonly Service[]): Promise<boolean> {
    const tagsOf = await this.#tables.tags.listOf(rows.map(({ arn }) => arn));
    let hasChanged = false;
    for (const { id, arn, name, host } of rows) {
      const wanted = extensionsOf(tagsOf.get(arn) ?? []).connectedServices.map(internalName);
      const next: Known = { name, host, wanted: [...new Set(wanted)] };
      if (isSame(this.#services.get(id), next)) continue;
      this.#services.set(id, next);
      hasChanged = true;
    }
    return hasChanged;
  }

  async #readIngress(): Promise<void> {
    const { rows } = await this.#tables.vpcIngressConnections.list(ALL);
    const open = rows.filter(({ status }) => status !== "DELETED" && status !== "PENDING_DELETION");
    const byService = Map.groupBy(open, ({ serviceArn }) => parseArn(serviceArn)?.id ?? "");
    this.#ingress = new Map([...byService].map(([id, own]) => [id, own.map(({ domainName }) => domainName)]));
    for (const id of this.#domains.keys()) if (!this.#ingress.has(id)) this.#domains.delete(id);
    await this.#readDomains([...this.#ingress.keys()].filter((id) => !this.#domains.has(id)));
  }

  /** Of these services, which are published. */
  async #readDomains(ids: readonly string[]): Promise<boolean> {
    let hasChanged = false;
    for (const id of ids) {
      const { rows } = await this.#tables.customDomains.list(id, ALL);
      const active = rows.filter(({ status }) => status === "active");
      const names = active.flatMap((domain) => namesOf(domain)).filter((name) => !isWildcard(name));
      hasChanged = hasChanged || names.join(" ") !== (this.#domains.get(id) ?? []).join(" ");
      this.#domains.set(id, names);
    }
    return hasChanged;
  }

  #published(): string {
    return JSON.stringify([[...this.#ingress], [...this.#domains]]);
  }
}

function isSame(one: Known | undefined, other: Known): boolean {
  if (one === undefined || one.name !== other.name || one.host !== other.host) return false;
  return one.wanted.join(" ") === other.wanted.join(" ");
}
