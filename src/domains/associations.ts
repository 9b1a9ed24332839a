/** Associating and disassociating: checks, and rows in one transaction. The keeper does the rest. */
import { domainSubject } from "../domain/certificate.ts";
import {
  type CustomDomain,
  challengeName,
  isWildcard,
  namesOf,
  toCustomDomainStatus,
} from "../domain/custom-domain.ts";
import { SlipwayError } from "../domain/error.ts";
import { INTERNAL_DOMAIN } from "../domain/internal-name.ts";
import type { Service } from "../domain/service.ts";
import type { DomainCommands } from "../ports/domain-commands.ts";
import type { Tables } from "../ports/store.ts";
import { invalidName, parseDomainName, refuseOwnNames } from "./domain-name.ts";
import type { KeeperContext } from "./keeper-context.ts";

type Association = Parameters<DomainCommands["associate"]>[0];

/** Throws as `DomainCommands.associate` does. */
export function readAssociation(request: Association, { options, ports }: KeeperContext): Association {
  const name = parseDomainName(request.domainName);
  if (request.enableWwwSubdomain && isWildcard(name)) {
    throw new SlipwayError("InvalidParameter", {
      path: "EnableWWWSubdomain",
      problem: `a wildcard covers www already. Set it to false for ${name}`,
    });
  }
  const zone = ports.zone === null ? [] : [ports.zone.nameOf("")];
  refuseOwnNames(namesOf({ ...request, name }), [options.baseDomain, INTERNAL_DOMAIN, ...zone]);
  return { ...request, domainName: name };
}

export async function recordAssociation(
  tx: Tables,
  { serviceId, domainName: name, enableWwwSubdomain }: Association,
  { ports, options }: KeeperContext,
): Promise<CustomDomain> {
  const service = await liveService(tx, serviceId);
  if (service.status !== "RUNNING") throw busy(service, "associated with a custom domain");
  await refuseTaken(tx, { serviceId, name, enableWwwSubdomain });
  const limit = options.domainQuota;
  if ((await tx.customDomains.count(serviceId)) >= limit) {
    const kind = `custom domains of service ${service.name}`;
    throw new SlipwayError("QuotaExceeded", { limit, kind, setting: "domainQuota" });
  }
  const nowMs = ports.clock.now();
  const domain: CustomDomain = {
    serviceId,
    name,
    enableWwwSubdomain,
    status: "creating",
    challengeLabels: await labelsFor(tx, { name, enableWwwSubdomain }, () => ports.ids.hex32()),
    problem: null,
    records: [],
    checkedAtMs: null,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
  await tx.customDomains.save(domain);
  // Of an earlier association: its certificate is good, its time to be forgotten is not.
  const issuance = await tx.issuances.get(domainSubject(name));
  if (issuance !== null) await tx.issuances.save({ ...issuance, nextAttemptMs: 0 });
  return domain;
}

export async function recordDisassociation(
  tx: Tables,
  { serviceId, domainName }: Parameters<DomainCommands["disassociate"]>[0],
  nowMs: number,
): Promise<CustomDomain> {
  const domain = await tx.customDomains.get(nameOrText(domainName));
  if (domain === null || domain.serviceId !== serviceId) throw noSuchDomain(domainName);
  const service = await liveService(tx, serviceId);
  if (service.status === "PAUSED") throw busy(service, "disassociated from a custom domain");
  if (domain.status === "deleting") return domain;
  const status = toCustomDomainStatus(domain.status, "deleting");
  const leaving: CustomDomain = { ...domain, status, problem: null, updatedAtMs: nowMs };
  await tx.customDomains.save(leaving);
  return leaving;
}

export function noSuchDomain(name: string): SlipwayError {
  return new SlipwayError("NoSuchResource", { kind: "Custom domain", arn: name });
}

/** What cannot be a name is not found, rather than refused. */
export function nameOrText(text: string): string {
  try {
    return parseDomainName(text);
  } catch {
    return text;
  }
}

async function liveService(tx: Tables, serviceId: string): Promise<Service> {
  const service = await tx.services.get(serviceId);
  if (service === null || service.status === "DELETED") {
    throw new SlipwayError("NoSuchResource", { kind: "Service", arn: serviceId });
  }
  return service;
}

function busy({ status }: Service, verb: string): SlipwayError {
  return new SlipwayError("ServiceBusy", { verb, status });
}

async function refuseTaken(
  tx: Tables,
  domain: Pick<CustomDomain, "name" | "enableWwwSubdomain" | "serviceId">,
): Promise<void> {
  for (const name of namesOf(domain)) {
    const owner = await tx.customDomains.findByName(name);
    if (owner === null) continue;
    if (owner.status === "deleting") {
      throw new SlipwayError("ResourceBusy", {
        kind: `Custom domain ${name}`,
        verb: "associated",
        status: "deleting",
      });
    }
    if (owner.serviceId !== domain.serviceId) throw new SlipwayError("DomainTaken", { name });
    throw invalidName(`${name} is associated with this service already, by ${owner.name}`);
  }
}

/** A domain and its wildcard, whosever they are, share the one record there can be, and so the label it leads to. */
async function labelsFor(
  tx: Tables,
  domain: Pick<CustomDomain, "name" | "enableWwwSubdomain">,
  make: () => string,
): Promise<Readonly<Record<string, string>>> {
  const labels: Record<string, string> = {};
  for (const name of namesOf(domain)) {
    const twin = isWildcard(name) ? name.slice(2) : `*.${name}`;
    const owner = await tx.customDomains.findByName(twin);
    const shared =
      owner === null || challengeName(twin) !== challengeName(name) ? undefined : owner.challengeLabels[twin];
    labels[name] = shared ?? make();
  }
  return labels;
}
