/** Follows a new domain until it is active, has failed, or waits for records that are to be set. */
import type { Client } from "./client.ts";
import {
  describeDomain,
  leadsHere,
  missingRecords,
  statusText,
  untrustedText,
  waitsForRecords,
} from "./domain-report.ts";
import { type KnownDomain, resolveDomain } from "./domain-reference.ts";
import type { CliIo } from "./io.ts";
import { printable } from "./style.ts";

export interface DomainWatch {
  readonly client: Client;
  readonly domainName: string;
  /** Also waits for records, however long. */
  readonly isPatient: boolean;
}

/** Whoever set the records before waits no longer than this for the certificate. */
const PROMPT_MS = 30_000;
const POLL_MS = 500;

export async function watchDomain(io: CliIo, watch: DomainWatch): Promise<KnownDomain> {
  const progress = io.progress(`Adding ${watch.domainName}`);
  const endMs = io.now() + (watch.isPatient ? Infinity : PROMPT_MS);
  let told: string | undefined;
  let isBindingTold = false;
  for (;;) {
    const domain = await resolveDomain(watch.client, watch.domainName);
    const { DomainName: name, Status: status } = domain;
    progress.phase(statusText(domain));
    if (status === "binding_certificate" && !isBindingTold) {
      progress.line(bindingText(domain));
      isBindingTold = true;
    }
    if (status === "active") {
      const untrusted = untrustedText(domain);
      if (untrusted !== null) progress.line(untrusted);
      if (domain.Problem !== undefined) progress.line(printable(domain.Problem));
      for (const line of missingRecords(io, domain)) progress.line(line);
      progress.succeed(activeText(domain));
      return domain;
    }
    if (isAboutRecords(domain) && domain.Problem !== told) {
      // The problem of one that failed is the command's own last word.
      const { Problem: problem, ...rest } = domain;
      const shown = status === "create_failed" ? rest : { ...rest, Problem: problem };
      for (const line of describeDomain(io, shown).slice(1)) progress.line(line.trimStart());
      told = domain.Problem;
    }
    if (status === "create_failed") {
      progress.fail(`${name} cannot be certified.`);
      return domain;
    }
    if (io.now() >= endMs || (isAboutRecords(domain) && !watch.isPatient)) {
      progress.succeed(`${name} is added. It becomes active by itself once ${awaited(domain)}.`);
      return domain;
    }
    await io.sleep(POLL_MS);
  }
}

/** A certificate that is made here asks DNS for nothing: of records it says nothing. */
function bindingText(domain: KnownDomain): string {
  if (domain.Certificate?.Origin === "local") {
    return "A certificate is made here, for which no record is needed, and bound: up to half a minute.";
  }
  const records = waitsForRecords(domain) ? "" : "The records are right. ";
  return `${records}The certificate is asked for and bound: up to half a minute.`;
}

/** Active is what is served here; whether requests come here is for the records to say. */
function activeText(domain: KnownDomain): string {
  const { DomainName: name } = domain;
  const leads = leadsHere(domain);
  if (leads === "yes") return `${name} is active.`;
  if (leads === "no") return `${name} is served here, but does not lead here yet: set the record above.`;
  return `${name} is served here. Whether it leads here is not known: slipway domains check ${name}`;
}

function awaited(domain: KnownDomain): string {
  if (domain.Status === "binding_certificate") return "its certificate is bound";
  return waitsForRecords(domain) ? "its records are right" : "its certificate is there";
}

/** Somebody has looked, and it is not the certificate that is waited for. */
function isAboutRecords({ Status, CheckedAt }: KnownDomain): boolean {
  return (
    Status === "create_failed" || (Status === "pending_certificate_dns_validation" && CheckedAt !== undefined)
  );
}
