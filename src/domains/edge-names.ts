/**
 * Names at the edge that are nobody's any more go; services' own hosts get the treatment that their tags wish; plain HTTP
 * to them is redirected when that is wished. The names of domains are set by their own workers.
 */
import type { Tag } from "../domain/tag.ts";
import type { NameEntry } from "../ports/edge-tls.ts";
import type { KeeperContext } from "./keeper-context.ts";
import { entryOfHost, isSameEntry } from "./name-entry.ts";
import { neededNames } from "./plan-subject.ts";

const SERVICES_AT_ONCE = 200;

export class EdgeNames {
  readonly #context: KeeperContext;
  /** Own host → its entry, for those that need one. */
  readonly #hosts = new Map<string, NameEntry>();
  #areHostsKnown = false;
  #isRedirectOn: boolean | null = null;

  constructor(context: KeeperContext) {
    this.#context = context;
  }

  /** Looks at the tags of all services. */
  async refreshHosts(signal: AbortSignal): Promise<void> {
    const { services, tags } = this.#context.ports.store;
    const seen = new Set<string>();
    for (let after: string | null = null; ;) {
      const page = await services.list({ after, limit: SERVICES_AT_ONCE });
      const tagsOf = await tags.listOf(page.rows.map(({ arn }) => arn));
      for (const { arn, host } of page.rows) {
        seen.add(host);
        await this.#refresh(host, tagsOf.get(arn) ?? [], signal);
      }
      after = page.lastKey;
      if (after === null) break;
    }
    for (const host of this.#hosts.keys()) if (!seen.has(host)) this.#hosts.delete(host);
    this.#areHostsKnown = true;
  }

  async refreshHost(serviceId: string, signal: AbortSignal): Promise<void> {
    const { services, tags } = this.#context.ports.store;
    const service = await services.get(serviceId);
    if (service === null || service.status === "DELETED") return;
    await this.#refresh(service.host, await tags.list(service.arn), signal);
  }

  async #refresh(host: string, tags: readonly Tag[], signal: AbortSignal): Promise<void> {
    const { ports, options } = this.#context;
    const wish = options.transportOf(tags);
    const entry = entryOfHost(host, wish, this.#isRedirectOn === true);
    const present = ports.edge.names().get(host);
    if (entry === null) {
      this.#hosts.delete(host);
      if (present !== undefined) await ports.edge.removeName(host, signal);
      return;
    }
    this.#hosts.set(host, entry);
    if (!isSameEntry(present, entry)) await ports.edge.setName(host, entry, signal);
  }

  /** Names that no row explains. What is at the edge is read before the rows: a row is there before its name. */
  async removeStale(signal: AbortSignal): Promise<void> {
    const { edge, store } = this.#context.ports;
    if (!this.#areHostsKnown) return;
    const present = [...edge.names().keys()];
    if (present.every((name) => this.#hosts.has(name))) return;
    const live = new Set(await store.services.listLiveIds());
    const rows = await store.customDomains.listAll();
    const wished = new Set(rows.flatMap((row) => neededNames(row, live.has(row.serviceId))));
    for (const name of present) {
      if (wished.has(name) || this.#hosts.has(name)) continue;
      if ((await store.customDomains.findByName(name)) === null) await edge.removeName(name, signal);
    }
  }

  /** True when it changed. */
  async setRedirect(signal: AbortSignal): Promise<boolean> {
    const isOn = this.#wishedRedirect();
    if (isOn === this.#isRedirectOn) return false;
    await this.#context.ports.edge.setRedirect(isOn, signal);
    this.#isRedirectOn = isOn;
    return true;
  }

  /** Nobody is sent to a certificate that browsers refuse, unless the operator says so. */
  #wishedRedirect(): boolean {
    const { options, index, shelf, ports } = this.#context;
    if (options.httpsRedirect !== "auto") return options.httpsRedirect === "on";
    const certificate = shelf.get(index.get("platform")?.certificateId ?? "");
    if (certificate === null || certificate.origin === "local") return false;
    return ports.edge.certificates().has(certificate.id);
  }
}
