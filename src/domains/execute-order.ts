/** Acts at the authority: places an order, and brings it one step further at a time. */
import { type Certificate, certificateKeyPurpose, type CertificateOrder } from "../domain/certificate.ts";
import {
  type CertificateAuthority,
  IssuanceError,
  type NameChallenge,
  type OrderState,
} from "../ports/certificate-authority.ts";
import { isForExactly, isValid } from "./certificate-choice.ts";
import { challengeLabel } from "./challenge-label.ts";
import type { ChallengeAnswer, Execution } from "./execution.ts";
import { certificateOf } from "./execute-rows.ts";
import type { KeeperContext } from "./keeper-context.ts";
import { PLACE_KEPT_MS } from "./order-places.ts";
import { pollPauseMs } from "./pauses.ts";
import { dayOf } from "./problem.ts";
import { isDelegated } from "./proof.ts";
import { spread } from "./spread.ts";
import { changeDomain, changeIssuance } from "./subject-rows.ts";
import type { SubjectFacts } from "./subject-facts.ts";

/** The first time that a new certificate's authority is asked for its wish. */
const FIRST_ASK_MS = 6 * 3_600_000;

/** Of an odd certificate in a message. */
const NAMES_TOLD = 3;

/** False: too many orders are under way, and it will be told. */
export async function placeOrder({ facts, context, signal, remember }: Execution): Promise<boolean> {
  const { ports, places, limits } = context;
  const { names, subject } = facts;
  const authority = authorityOf(context);
  if (!places.take(subject)) return false;
  const certificateId = ports.ids.hex32();
  const sealedKey = ports.vault.seal(certificateKeyPurpose(certificateId), await ports.tools.makeKey());
  const replacedPem = await replacedChain(facts, context);
  const { orderUrl } = await limits.authority.run(facts.memory.urgency !== null, () =>
    authority.placeOrder({ names, replacedPem }, signal),
  );
  // Too late: the attempt has been given up meanwhile.
  signal.throwIfAborted();
  const nowMs = ports.clock.now();
  const order: CertificateOrder = {
    url: orderUrl,
    directoryUrl: authority.directoryUrl,
    certificateId,
    sealedKey,
    isFinalized: false,
    placedAtMs: nowMs,
  };
  remember({ urgency: null, poll: { count: 0, atMs: nowMs } });
  await ports.store.transaction(async (tx) => {
    await changeIssuance(tx, facts, { names, order });
    await changeDomain(tx, facts.domain, (present) =>
      present.status === "create_failed"
        ? { ...present, status: "pending_certificate_dns_validation", updatedAtMs: nowMs }
        : present,
    );
  });
  return true;
}

/** What was imported or made here no authority knows. */
async function replacedChain({ chosen }: SubjectFacts, { ports }: KeeperContext): Promise<string | null> {
  if (chosen?.origin !== "acme") return null;
  return (await ports.store.certificates.get(chosen.id))?.chainPem ?? null;
}

export async function advanceOrder(execution: Execution): Promise<void> {
  const { facts, context, signal, remember } = execution;
  const { order } = facts.issuance;
  const authority = authorityOf(context);
  if (order === null) return;
  const nowMs = context.ports.clock.now();
  if (nowMs - order.placedAtMs > PLACE_KEPT_MS) context.places.leave(facts.subject);
  if (order.directoryUrl !== authority.directoryUrl) {
    throw new IssuanceError(
      "gone",
      "The order was placed with another authority than the one that is configured now.",
    );
  }
  const call = <Result>(ask: () => Promise<Result>) => context.limits.authority.run(false, ask);
  const state = await call(() => authority.readOrder(order.url, signal));
  const { count } = facts.memory.poll;
  remember({ poll: { count: count + 1, atMs: nowMs + pollPauseMs(count) } });
  if (state.status === "pending") await prove(state, execution, authority);
  else if (state.status === "ready") await finalize(order, execution, authority);
  else if (state.status === "valid") await collect(order, execution, authority);
  else if (state.status === "invalid")
    throw state.problem ?? new IssuanceError("other", "The authority refused the order and did not say why.");
}

async function prove(
  state: OrderState,
  execution: Execution,
  authority: CertificateAuthority,
): Promise<void> {
  const { context, signal, answers } = execution;
  for (const challenge of state.challenges) {
    const { answer, url } = answerTo(challenge, execution);
    // After a restart also for one that is accepted: what the zone answers is in memory only.
    await answers.put(answer, signal);
    if (!challenge.isAccepted)
      await context.limits.authority.run(false, () => authority.acceptChallenge(url, signal));
  }
}

function answerTo(
  challenge: NameChallenge,
  { facts, context }: Execution,
): { readonly answer: ChallengeAnswer; readonly url: string } {
  const { zone } = context.ports;
  const name = challenge.isWildcard ? `*.${challenge.name}` : challenge.name;
  const proof = proofOf(name, facts);
  if (proof === "dns" && zone !== null && challenge.dns !== null) {
    const { url, text } = challenge.dns;
    return { url, answer: { kind: "dns", label: challengeLabel(name, facts, zone).label, text } };
  }
  if (proof === "http" && challenge.http !== null) {
    const { url, token, keyAuthorization: text } = challenge.http;
    return { url, answer: { kind: "http", token, text } };
  }
  throw new IssuanceError(
    "validation",
    `The authority does not offer to prove ${name} by ${proof === "dns" ? "DNS" : "HTTP"}.`,
  );
}

/** As the last look saw it; after a restart as its records tell. */
function proofOf(name: string, { memory, domain }: SubjectFacts): "http" | "dns" {
  const proof = memory.proofs?.byName.get(name);
  if (proof !== undefined) return proof;
  return domain === null || isDelegated(name, domain.records) ? "dns" : "http";
}

async function finalize(
  order: CertificateOrder,
  { facts, context, signal }: Execution,
  authority: CertificateAuthority,
): Promise<void> {
  const { vault, store } = context.ports;
  const keyPem = vault.open(certificateKeyPurpose(order.certificateId), order.sealedKey);
  const { names } = facts;
  await context.limits.authority.run(false, () =>
    authority.finalize({ orderUrl: order.url, names, keyPem }, signal),
  );
  signal.throwIfAborted();
  await store.transaction((tx) => changeIssuance(tx, facts, { order: { ...order, isFinalized: true } }));
}

async function collect(
  order: CertificateOrder,
  { facts, context, signal, answers }: Execution,
  authority: CertificateAuthority,
): Promise<void> {
  const { vault, store, clock, tools } = context.ports;
  const { chainPem } = await context.limits.authority.run(false, () => authority.download(order.url, signal));
  signal.throwIfAborted();
  const keyPem = vault.open(certificateKeyPurpose(order.certificateId), order.sealedKey);
  const certificate = certificateOf(context, {
    id: order.certificateId,
    origin: "acme",
    issued: { chainPem, keyPem },
  });
  refuseUseless(certificate, facts, clock.now());
  if (!tools.isKeyOf(keyPem, chainPem))
    throw new IssuanceError("other", "The authority issued a certificate for another key.");
  await answers.removeAll(signal);
  await store.transaction(async (tx) => {
    await tx.certificates.save(certificate);
    await changeIssuance(tx, facts, {
      order: null,
      problem: null,
      failureCount: 0,
      nextAttemptMs: 0,
      closedUntilMs: 0,
      askRenewalAtMs: clock.now() + spread(FIRST_ASK_MS, certificate.id),
    });
  });
  context.shelf.put(certificate);
  context.places.leave(facts.subject);
}

/** One that serves nobody would be asked for again at once, and authorities count what they issue. */
function refuseUseless(certificate: Certificate, { names }: SubjectFacts, nowMs: number): void {
  if (!isForExactly(certificate.names, names)) {
    const issued = certificate.names.slice(0, NAMES_TOLD).join(", ");
    throw new IssuanceError(
      "other",
      `The authority issued a certificate for ${issued || "no name"} instead of ${names.join(", ")}.`,
    );
  }
  if (isValid(certificate, nowMs)) return;
  const [from, to] = [dayOf(certificate.notBeforeMs), dayOf(certificate.notAfterMs)];
  throw new IssuanceError(
    "clock",
    `The authority issued a certificate from ${from} to ${to}, which is not valid now: look at this machine's clock (it says ${new Date(nowMs).toISOString()}).`,
  );
}

function authorityOf({ ports: { authority } }: Execution["context"]): CertificateAuthority {
  if (authority === null) throw new IssuanceError("gone", "No authority is configured any more.");
  return authority;
}
