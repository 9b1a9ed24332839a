/** Acts that change rows, and tell of it. The line is written first: told again after a crash it adds nothing. */
import { type Certificate, certificateKeyPurpose } from "../domain/certificate.ts";
import { type CustomDomainStatus, toCustomDomainStatus } from "../domain/custom-domain.ts";
import { renewAtMs, timeInWindow, warnFromMs } from "./certificate-choice.ts";
import type { CertificateOrigin } from "../domain/certificate.ts";
import type { KeyedChain } from "./certificate-tools.ts";
import { tellWarning } from "./certificate-warning.ts";
import { type Execution, neededCertificate } from "./execution.ts";
import type { KeeperContext } from "./keeper-context.ts";
import { KEPT_AFTER_USE_MS, nextAskMs } from "./pauses.ts";
import { problemOf } from "./problem.ts";
import { freshMemory } from "./subject-facts.ts";
import { changeDomain, changeIssuance } from "./subject-rows.ts";

export async function settle(
  { facts: { domain }, context }: Execution,
  { status, problem }: { readonly status: CustomDomainStatus; readonly problem: string | null },
): Promise<void> {
  if (domain === null) return;
  const { story, ports } = context;
  const nowMs = ports.clock.now();
  const isNewStatus = status !== domain.status;
  if (isNewStatus && status !== "deleting") await story.status(domain, status, domain.updatedAtMs);
  if (problem !== domain.problem && (problem !== null || !isNewStatus))
    await story.problem(domain, problem, nowMs);
  await ports.store.transaction((tx) =>
    changeDomain(tx, domain, (present) => {
      if (present.status !== domain.status) return present;
      const updatedAtMs = isNewStatus ? nowMs : present.updatedAtMs;
      return { ...present, status: toCustomDomainStatus(present.status, status), problem, updatedAtMs };
    }),
  );
}

/** An order that is under way for another certificate than this one has no purpose any more. */
export async function adopt({ facts, context, answers, signal }: Execution): Promise<void> {
  const { domain, names, issuance, issuer } = facts;
  const chosen = neededCertificate(facts);
  const isNew = issuance.certificateId !== chosen.id;
  if (isNew && domain !== null) await context.story.certified(domain, chosen);
  const isOrderNeeded =
    issuer === "acme" &&
    chosen.origin !== "acme" &&
    (renewAtMs(chosen, issuer) ?? Infinity) <= context.ports.clock.now();
  if (issuance.order !== null && !isOrderNeeded) await answers.removeAll(signal);
  await context.ports.store.transaction((tx) =>
    changeIssuance(tx, facts, {
      names,
      certificateId: chosen.id,
      renewAtMs: renewAtMs(chosen, issuer),
      ...(isNew && { warnedAtMs: null }),
      ...(!isOrderNeeded && { order: null, problem: null, failureCount: 0 }),
    }),
  );
  if (!isOrderNeeded) context.places.leave(facts.subject);
}

export async function issueLocally({ facts, context }: Execution): Promise<void> {
  const { tools, clock, ids } = context.ports;
  const issued = await tools.issueLocally(facts.names, clock.now());
  const certificate = certificateOf(context, { id: ids.hex32(), origin: "local", issued });
  await context.ports.store.transaction(async (tx) => tx.certificates.save(certificate));
  context.shelf.put(certificate);
}

export function certificateOf(
  { ports }: Pick<KeeperContext, "ports">,
  {
    id,
    origin,
    issued,
  }: { readonly id: string; readonly origin: CertificateOrigin; readonly issued: KeyedChain },
): Certificate {
  return {
    ...ports.tools.describe(issued.chainPem),
    id,
    origin,
    chainPem: issued.chainPem,
    sealedKey: ports.vault.seal(certificateKeyPurpose(id), issued.keyPem),
    createdAtMs: ports.clock.now(),
  };
}

export async function warn({ facts, context }: Execution): Promise<void> {
  const { clock, store } = context.ports;
  const nowMs = clock.now();
  const problem = problemOf(facts, nowMs);
  if (facts.domain !== null && problem !== null) await context.story.problem(facts.domain, problem, nowMs);
  if (facts.domain === null) context.onPlatformProblem(problem);
  await store.transaction(async (tx) => {
    await changeIssuance(tx, facts, { warnedAtMs: nowMs });
    if (problem !== null) await tellWarning(tx, facts, { problem, nowMs });
  });
}

const ASK_AFTER_FAILURE_MS = 6 * 3_600_000;

/** The authority may wish an earlier renewal, when it has to revoke for example. Without its answer ours is good. */
export async function askRenewal({ facts, context, signal }: Execution): Promise<void> {
  const { authority, store, clock } = context.ports;
  const chosen = neededCertificate(facts);
  const stored = await store.certificates.get(chosen.id);
  if (authority === null || stored === null) return;
  const { chainPem } = stored;
  const window = await context.limits.authority
    .run(false, () => authority.renewalWindow(chainPem, signal))
    .catch(() => "no answer" as const);
  signal.throwIfAborted();
  const nowMs = clock.now();
  const wished =
    window === null || window === "no answer"
      ? {}
      : { renewAtMs: Math.min(timeInWindow(window, chosen.id), warnFromMs(chosen)) };
  const askRenewalAtMs =
    window === "no answer"
      ? nowMs + ASK_AFTER_FAILURE_MS
      : nextAskMs(window?.askAgainMs ?? null, nowMs, `${chosen.id}${nowMs}`);
  await store.transaction((tx) => changeIssuance(tx, facts, { ...wished, askRenewalAtMs }));
}

/**
 * The names are nobody's from here on; the certificate stays for who takes them back. What was seen goes: the domain may come
 * back with other labels, and be proven in another way.
 */
export async function release({ facts, context, answers, remember, signal }: Execution): Promise<void> {
  const { domain, subject } = facts;
  if (domain === null) return;
  const { store, edge, clock } = context.ports;
  for (const name of [domain.name, `www.${domain.name}`]) {
    const isOwn = (await store.customDomains.findByName(name))?.name === domain.name;
    if (isOwn && edge.names().has(name)) await edge.removeName(name, signal);
  }
  await answers.removeAll(signal);
  context.places.leave(subject);
  remember(freshMemory);
  await context.story.removed(domain);
  await store.transaction(async (tx) => {
    await tx.customDomains.remove(domain.name);
    if ((await tx.issuances.get(subject)) === null) return;
    const nextAttemptMs = clock.now() + KEPT_AFTER_USE_MS;
    await changeIssuance(tx, facts, {
      order: null,
      nextAttemptMs,
      problem: null,
      warnedAtMs: null,
      failureCount: 0,
    });
  });
  context.onReplaced();
}

export async function forget({ facts, context }: Execution): Promise<void> {
  await context.ports.store.issuances.remove(facts.subject);
  context.onReplaced();
}
