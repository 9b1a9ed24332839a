/**
 * The step that looks up which versions of its secrets an operation deploys: first of all where its configuration names them,
 * once the release is there where an earlier build did. What a new build finds named is looked up before it goes on.
 */
import { eventLine } from "../domain/event-line.ts";
import type { Operation } from "../domain/operation.ts";
import { type Release, runSettings } from "../domain/release.ts";
import type { PinnedSecrets, SecretReferences } from "../domain/secret.ts";
import type { Service } from "../domain/service.ts";
import { type Effect, type Executor, NO_EFFECT, type StepContext } from "./executor.ts";
import { causeOfSecret } from "./failure.ts";
import { obtainingPhase } from "./kept-release.ts";
import { assertFileTrusted, pinAll, readerFor, SecretRefused, secretsNamedBy } from "./pinned-secrets.ts";
import { recordFailure } from "./record-failure.ts";
import { changeUnfailed, inPhase } from "./rows.ts";
import { subject } from "./subject.ts";

export const pinSecrets: Executor<"pinSecrets"> = async ({ operationId }, context) => {
  const { service, operation } = await subject(context, operationId);
  if (operation === null || operation.cause !== null || operation.phase !== "secrets") return NO_EFFECT;
  const { store } = context.ports;
  const { releaseNumber, configuration } = operation;
  const release = releaseNumber === null ? null : await store.releases.get(service.id, releaseNumber);
  const references =
    release === null ? secretsNamedBy(configuration) : runSettings(release).environmentSecrets;
  try {
    assertFileTrusted(configuration, references);
    const known = await broughtBack(context, operation);
    const secrets = await lookUpSecrets(context, service, operation, { references, known });
    return release === null
      ? await recordOnOperation(context, service, operation, secrets)
      : recordOnRelease(context, operation, { ...release, secrets });
  } catch (error) {
    if (!(error instanceof SecretRefused)) throw error;
    return recordFailure(context, service, operation, causeOfSecret(error));
  }
};

/** Throws SecretRefused. */
export async function lookUpSecrets(
  { ports, story }: StepContext,
  service: Service,
  operation: Operation,
  { references, known }: { readonly references: SecretReferences; readonly known: PinnedSecrets },
): Promise<PinnedSecrets> {
  const { id, configuration, trigger } = operation;
  if (trigger?.by === "rotation") {
    const text = eventLine.secretsRotated(trigger.variables);
    await story.event(service, id, { key: "rotated", text });
  }
  const secrets = await pinAll(readerFor(ports, configuration), references, known);
  const names = Object.keys(secrets);
  if (names.length > 0) {
    await story.detail(service, id, { key: "secrets", text: eventLine.secretsFound(names) });
  }
  return secrets;
}

/** A rollback gives what its release had. */
async function broughtBack(
  { ports }: StepContext,
  { serviceId, fromReleaseNumber }: Operation,
): Promise<PinnedSecrets> {
  if (fromReleaseNumber === undefined) return {};
  return (await ports.store.releases.get(serviceId, fromReleaseNumber))?.secrets ?? {};
}

async function recordOnOperation(
  context: StepContext,
  service: Service,
  operation: Operation,
  secrets: PinnedSecrets,
): Promise<Effect> {
  const phase = await obtainingPhase(context, service, operation);
  const nowMs = context.ports.clock.now();
  return async (tx) => {
    await changeUnfailed(tx, operation, nowMs, () => ({ secrets, ...inPhase(phase, nowMs) }));
  };
}

function recordOnRelease({ ports }: StepContext, operation: Operation, release: Release): Effect {
  const nowMs = ports.clock.now();
  return async (tx) => {
    const isOpen = await changeUnfailed(tx, operation, nowMs, () => inPhase("provision", nowMs));
    if (isOpen) await tx.releases.save(release);
  };
}
