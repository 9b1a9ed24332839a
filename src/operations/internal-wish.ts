/**
 * Which names lead where inside of the installation, and who may call whom: all of it, from the store. Who is connected says
 * the caller's tag; a service's internal name is its name, an ingress connection publishes a private one under the
 * connection's name and its custom domains.
 */
import { isWildcard, namesOf } from "../domain/custom-domain.ts";
import { internalName } from "../domain/internal-name.ts";
import type { Service } from "../domain/service.ts";
import type { Connected, InternalName, InternalWish } from "../ports/edge-internal.ts";
import type { Tables } from "../ports/store.ts";
import { extensionsOf } from "./observe.ts";

const PAGE = 200;

type Read = Pick<Tables, "services" | "tags" | "vpcIngressConnections" | "customDomains">;

export async function readInternalWish(tables: Read): Promise<InternalWish> {
  const services = await allServices(tables);
  const names = new Map<string, InternalName>();
  // Newest first, so an older one takes a name back from a younger one whose name differs in case alone.
  for (const { name, host } of services) names.set(internalName(name), { host, isIngress: false });
  for (const [name, host] of await ingressNames(services, tables)) names.set(name, { host, isIngress: true });
  return { names, connections: await connections(services, tables) };
}

async function allServices({ services }: Pick<Tables, "services">): Promise<readonly Service[]> {
  const all: Service[] = [];
  for (let after: string | null = null; ;) {
    const page = await services.list({ after, limit: PAGE });
    all.push(...page.rows);
    after = page.lastKey;
    if (after === null) return all;
  }
}

async function ingressNames(
  services: readonly Service[],
  { vpcIngressConnections, customDomains }: Read,
): Promise<readonly (readonly [string, string])[]> {
  const { rows } = await vpcIngressConnections.list({ after: null, limit: 10_000 });
  const open = rows.filter(({ status }) => status !== "DELETED" && status !== "PENDING_DELETION");
  if (open.length === 0) return [];
  const domains = await customDomains.listAll();
  return open.flatMap(({ serviceArn, domainName }) => {
    const service = services.find(({ arn }) => arn === serviceArn);
    if (service === undefined) return [];
    const own = domains.filter(({ serviceId, status }) => serviceId === service.id && status === "active");
    const custom = own.flatMap((domain) => namesOf(domain)).filter((name) => !isWildcard(name));
    return [domainName, ...custom].map((name) => [name, service.host] as const);
  });
}

async function connections(
  services: readonly Service[],
  { tags }: Pick<Tables, "tags">,
): Promise<readonly Connected[]> {
  const named = Map.groupBy(services, ({ name }) => internalName(name));
  const found: Connected[] = [];
  for (let start = 0; start < services.length; start += PAGE) {
    const page = services.slice(start, start + PAGE);
    const tagsOf = await tags.listOf(page.map(({ arn }) => arn));
    for (const { id, arn } of page) {
      const wanted = new Set(extensionsOf(tagsOf.get(arn) ?? []).connectedServices.map(internalName));
      const called = [...wanted].flatMap((name) => named.get(name) ?? []);
      found.push(...called.map(({ host }) => ({ callerId: id, host })));
    }
  }
  return found;
}
