/** Gathers what is known of a subject: its rows, what the edge has, what is remembered. */
import type { CertificateSubject } from "../domain/certificate.ts";
import type { CustomDomain } from "../domain/custom-domain.ts";
import type { Service } from "../domain/service.ts";
import type { NameEntry } from "../ports/edge-tls.ts";
import { type CertificateFacts, chooseCertificate } from "./certificate-choice.ts";
import type { KeeperContext } from "./keeper-context.ts";
import { entryOfDomain, isSameEntry } from "./name-entry.ts";
import { isServed, neededNames } from "./plan-subject.ts";
import { type SubjectFacts, type SubjectMemory, blankIssuance } from "./subject-facts.ts";
import { subjectName } from "./subject-rows.ts";

/** Null when there is nothing of it, anywhere. */
export async function observeSubject(
  subject: CertificateSubject,
  context: KeeperContext,
  memory: SubjectMemory,
): Promise<SubjectFacts | null> {
  const { ports, shelf, index, loaded } = context;
  const { store, clock, edge } = ports;
  const name = subjectName(subject);
  const domain = name === null ? null : await store.customDomains.get(name);
  const service = domain === null ? null : await liveService(store, domain);
  const names =
    name === null ? platformNames(context) : domain === null ? [] : neededNames(domain, service !== null);
  const row = await store.issuances.get(subject);
  if (names.length === 0 && domain === null && row === null) {
    index.delete(subject);
    return null;
  }
  const [first] = names;
  const chosen = first === undefined ? null : chooseCertificate(names, shelf.about(first), clock.now());
  const certificateId = chosen?.id ?? row?.certificateId ?? null;
  index.set(subject, { names, certificateId, isServed: isServed({ chosen, memory }) });
  const unrouted =
    service === null || chosen === null
      ? new Map<string, NameEntry>()
      : missingEntries(names, await wishedEntry(service, chosen, context), edge.names());
  return {
    subject,
    domain,
    names,
    host: service?.host ?? null,
    platformLabel: context.platformLabel(),
    issuance: row ?? blankIssuance(subject, names),
    chosen,
    issuer: issuerOf(names, context),
    hasLocalMeanwhile: domain === null || chosen?.origin === "local",
    isLoaded: chosen !== null && loaded.isLoaded(chosen),
    unrouted,
    memory,
  };
}

export function platformNames({ options }: Pick<KeeperContext, "options">): readonly string[] {
  return [`*.${options.region}.${options.baseDomain}`];
}

/** Names that lead nowhere but to the same machine: no authority could ever look. */
const LOCAL_ONLY = /(?:^|\.)localhost$/;

function issuerOf(names: readonly string[], { ports, options }: KeeperContext): "acme" | "local" | null {
  const { authority, zone } = ports;
  const isPlatform = names.join() === platformNames({ options }).join();
  if (authority === null) return "local";
  if (isPlatform && (zone === null || LOCAL_ONLY.test(options.baseDomain))) return "local";
  return "acme";
}

async function liveService(store: KeeperContext["ports"]["store"], { serviceId }: CustomDomain) {
  const service = await store.services.get(serviceId);
  return service === null || service.status === "DELETED" ? null : service;
}

async function wishedEntry(
  { arn, host }: Service,
  { origin }: CertificateFacts,
  { ports, options }: KeeperContext,
): Promise<NameEntry> {
  const { httpsRedirect, transportOf } = options;
  return entryOfDomain(host, transportOf(await ports.store.tags.list(arn)), { origin, httpsRedirect });
}

function missingEntries(
  names: readonly string[],
  entry: NameEntry,
  present: ReadonlyMap<string, NameEntry>,
): ReadonlyMap<string, NameEntry> {
  const missing = names.filter((name) => !isSameEntry(present.get(name), entry));
  return new Map(missing.map((name) => [name, entry]));
}
