/** The step that looks up which versions of its secrets an operation deploys. */
import { eventLine } from "../domain/event-line.ts";
import type { Operation } from "../domain/operation.ts";
import { type Release, runSettings } from "../domain/release.ts";
import type { PinnedSecrets } from "../domain/secret.ts";
import type { Service } from "../domain/service.ts";
import { type Effect, type Executor, NO_EFFECT, type StepContext } from "./executor.ts";
import { causeOfSecret } from "./failure.ts";
import { obtainingPhase } from "./kept-release.ts";
import { pinAll, SecretRefused, secretsNamedBy } from "./pinned-secrets.ts";
import { recordFailure } from "./record-failure.ts";
import { changeUnfailed, inPhase } from "./rows.ts";
import { subject } from "./subject.ts";

export const pinSecrets: Executor<"pinSecrets"> = async ({ operationId }, context) => {
  const { service, operation } = await subject(context, operationId);
  if (operation === null || operation.cause !== null || operation.phase !== "secrets") return NO_EFFECT;
  const { store, secretValues } = context.ports;
  const { releaseNumber, configuration } = operation;
  const release = releaseNumber === null ? null : await store.releases.get(service.id, releaseNumber);
  const references =
    release === null ? secretsNamedBy(configuration) : runSettings(release).environmentSecrets;
  try {
    const secrets = await pinAll(secretValues, references, await broughtBack(context, operation));
    const text = eventLine.secretsFound(Object.keys(secrets));
    await context.story.detail(service, operationId, { key: "secrets", text });
    return release === null
      ? await recordOnOperation(context, service, operation, secrets)
      : recordOnRelease(context, operation, { ...release, secrets });
  } catch (error) {
    if (!(error instanceof SecretRefused)) throw error;
    return recordFailure(context, service, operation, causeOfSecret(error));
  }
};

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
