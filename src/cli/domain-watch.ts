/** Follows a new domain until it is active, has failed, or waits for records that are to be set. */
import type { Client } from "./client.ts";
import { describeDomain, statusText, untrustedText, waitsForRecords } from "./domain-report.ts";
import { type KnownDomain, resolveDomain } from "./domain-reference.ts";
import type { CliIo } from "./io.ts";

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
      progress.line("The records are right. The certificate is asked for and bound: up to half a minute.");
      isBindingTold = true;
    }
    if (status === "active") {
      const untrusted = untrustedText(domain);
      if (untrusted !== null) progress.line(untrusted);
      progress.succeed(`${name} is active.`);
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
      const missing = waitsForRecords(domain) ? "its records are right" : "its certificate is there";
      progress.succeed(`${name} is added. It becomes active by itself once ${missing}.`);
      return domain;
    }
    await io.sleep(POLL_MS);
  }
}

/** Somebody has looked, and it is not the certificate that is waited for. */
function isAboutRecords({ Status, CheckedAt }: KnownDomain): boolean {
  return (
    Status === "create_failed" || (Status === "pending_certificate_dns_validation" && CheckedAt !== undefined)
  );
}
