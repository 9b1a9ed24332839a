/** Acts at the edge: certificates, names, and a look by handshakes at what a client really gets. */
import type { HandshakeResult } from "../ports/edge-tls.ts";
import type { Execution } from "./execution.ts";
import { handshakeNames } from "./plan-subject.ts";
import { neededCertificate } from "./execution.ts";

export async function loadCertificate({ facts, context, signal, remember }: Execution): Promise<void> {
  const { id } = neededCertificate(facts);
  await context.limits.edge.run(isNew(facts), () => context.loaded.load(id, signal));
  // It was not served before the start: its first look does not wait for its turn among those that were.
  remember({ verifyAtMs: 0 });
}

export async function setNames({ facts, context, signal }: Execution): Promise<void> {
  for (const [name, entry] of facts.unrouted) await context.ports.edge.setName(name, entry, signal);
}

/** Throws when a name is not served as it should be; the next try begins with loading the certificate again. */
export async function verify({ facts, context, signal, remember }: Execution): Promise<void> {
  const { edge, clock, ids } = context.ports;
  const { fingerprint, id } = neededCertificate(facts);
  if (facts.memory.served !== null && facts.memory.served.problem !== null)
    await context.loaded.load(id, signal);
  const label = `check-${ids.hex32().slice(0, 10)}`;
  for (const name of handshakeNames(facts.names, label)) {
    const result = await context.limits.edge.run(isNew(facts), () => edge.handshake(name, signal));
    signal.throwIfAborted();
    const problem = problemOfHandshake(name, result, fingerprint);
    remember({ served: { atMs: clock.now(), fingerprint, problem } });
    if (problem === null) continue;
    if (result.isDone) await unloadUsurper(result.fingerprint, { context, signal });
    throw new ServedWrong(problem);
  }
  context.onReplaced();
}

/** The edge shows the newer of two for a name: one that nobody uses any more stands before the right one. */
async function unloadUsurper(
  fingerprint: string,
  { context, signal }: Pick<Execution, "context" | "signal">,
) {
  const { index, loaded, ports } = context;
  const [id] = [...ports.edge.certificates()].find(([, shown]) => shown === fingerprint) ?? [];
  if (id !== undefined && index.namesUsing(id).length === 0) await loaded.unload(id, signal);
}

/** Nothing of ours is broken: the edge does not show yet what it was given. */
export class ServedWrong extends Error {
  override readonly name = "ServedWrong";
}

function isNew({ domain }: Execution["facts"]): boolean {
  return domain !== null && domain.status !== "active";
}

function problemOfHandshake(name: string, result: HandshakeResult, fingerprint: string): string | null {
  if (!result.isDone) return `A TLS handshake for ${name} fails: ${result.problem}`;
  if (result.fingerprint === fingerprint) return null;
  return `A TLS handshake for ${name} shows another certificate than the one it should. It is being loaded again.`;
}
