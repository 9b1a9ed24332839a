/**
 * Takes away certificates that nobody uses: from the edge once a handshake showed what replaces them, from the store
 * once they could not be of use again. One of the user's own stays in the store until they delete it.
 */
import { type CertificateFacts, covers, isForExactly, isValid } from "./certificate-choice.ts";
import type { KeeperContext } from "./keeper-context.ts";
import type { IndexedSubject } from "./subject-index.ts";

export async function sweepCertificates(context: KeeperContext, signal: AbortSignal): Promise<void> {
  const { ports, shelf, index, loaded } = context;
  const { edge, store, clock } = ports;
  // Nearly all are in use: those cost one look each, and only the others are compared with everybody.
  const subjects = () => [...index.entries()].map(([, subject]) => subject);
  const used = new Set(
    subjects().map(({ certificateId, names }) => (names.length > 0 ? certificateId : null)),
  );
  for (const id of edge.certificates().keys()) {
    if (!used.has(id) && mayLeaveEdge(id, shelf.get(id), subjects())) await loaded.unload(id, signal);
  }
  const atEdge = edge.certificates();
  for (const facts of shelf.all()) {
    if (facts.origin === "imported" || used.has(facts.id) || atEdge.has(facts.id)) continue;
    if (!mayBeForgotten(facts, shelf.all(), { subjects: subjects(), nowMs: clock.now() })) continue;
    await store.certificates.remove(facts.id);
    shelf.remove(facts.id);
  }
}

/** `facts` null: nothing is known of it, so nobody can wish for it. */
export function mayLeaveEdge(
  id: string,
  facts: CertificateFacts | null,
  subjects: readonly IndexedSubject[],
): boolean {
  if (subjects.some(({ names, certificateId }) => names.length > 0 && certificateId === id)) return false;
  const concerned = subjects.filter(({ names }) => names.some((name) => covers(facts?.names ?? [], name)));
  return concerned.every(({ isServed }) => isServed);
}

export function mayBeForgotten(
  facts: CertificateFacts,
  all: Iterable<CertificateFacts>,
  { subjects, nowMs }: { readonly subjects: readonly IndexedSubject[]; readonly nowMs: number },
): boolean {
  if (facts.origin === "imported") return false;
  if (subjects.some(({ certificateId }) => certificateId === facts.id)) return false;
  const isWished = subjects.some(({ names }) => isForExactly(facts.names, names));
  if (!isWished || !isValid(facts, nowMs)) return true;
  for (const other of all) if (isReplacedBy(facts, other)) return true;
  return false;
}

function isReplacedBy(facts: CertificateFacts, other: CertificateFacts): boolean {
  if (other.origin === "imported" || !isForExactly(other.names, facts.names)) return false;
  const isBetter = facts.origin === "local" && other.origin === "acme";
  return isBetter || (facts.origin === other.origin && other.createdAtMs > facts.createdAtMs);
}
