/** Steps that get the image of an operation's release: pulled, or built from source code. */
import type { FailureCause } from "../domain/cause.ts";
import { parseExtensions } from "../domain/extension.ts";
import { eventLine } from "../domain/event-line.ts";
import { parseImageReference } from "../domain/image-reference.ts";
import { type Operation, type OperationPhase, sourceVersionOf } from "../domain/operation.ts";
import {
  type BuiltRelease,
  type Release,
  type ReleaseScale,
  releaseKey,
  runSettings,
} from "../domain/release.ts";
import type { PinnedSecrets } from "../domain/secret.ts";
import type { Service } from "../domain/service.ts";
import { BuildError, type BuildRequest } from "../ports/builder.ts";
import { type Admission, ReleaseRefused } from "../ports/release-gate.ts";
import { type Checkout, SourceError } from "../ports/source-code.ts";
import type { Tables } from "../ports/store.ts";
import { lookUpSecrets } from "./execute-secrets.ts";
import { type Effect, type Executor, NO_EFFECT, type StepContext } from "./executor.ts";
import { BuildTime } from "./build-time.ts";
import { causeOfBuild, causeOfRefusal, causeOfSecret, causeOfSource } from "./failure.ts";
import { builtAnew } from "./kept-release.ts";
import { assertFileTrusted, pinnedFor, SecretRefused } from "./pinned-secrets.ts";
import { buildWish, codeOf, locationOf, runBuild } from "./run-build.ts";
import { recordFailure } from "./record-failure.ts";
import { resolveImage } from "./resolve-image.ts";
import { changeUnfailed, inPhase } from "./rows.ts";
import { subject } from "./subject.ts";

/** What a step in here works on: an operation that has neither failed nor got its release yet. */
interface Task {
  readonly context: StepContext;
  readonly service: Service;
  readonly operation: Operation;
  readonly signal: AbortSignal;
}

async function taskOf(context: StepContext, operationId: string, signal: AbortSignal): Promise<Task | null> {
  const { service, operation } = await subject(context, operationId);
  if (operation === null || operation.cause !== null || operation.releaseNumber !== null) return null;
  return { context, service, operation, signal };
}

export const pullImage: Executor<"pullImage"> = async ({ operationId }, context, signal) => {
  const task = await taskOf(context, operationId, signal);
  if (task === null) return NO_EFFECT;
  const answer = await resolveImage(context, task.service, task.operation, signal);
  if (answer === "to-be-built") return enterSource(task);
  if ("cause" in answer) return recordFailure(context, task.service, task.operation, answer.cause);
  const { image, kept } = answer;
  const built = kept?.built && builtAnew(kept.built, task.operation.configuration.source);
  const { secrets = {} } = task.operation;
  const found = { imageId: image.imageId, imageDigest: image.digest };
  try {
    const admission = await admit(task, found, kept, signal);
    return await makeRelease(task, { ...found, ...admission }, { built, secrets });
  } catch (error) {
    if (!(error instanceof ReleaseRefused)) throw error;
    return recordFailure(context, task.service, task.operation, causeOfRefusal(error));
  }
};

function enterSource({ context, operation }: Task): Effect {
  const nowMs = context.ports.clock.now();
  return async (tx) => {
    await changeUnfailed(tx, operation, nowMs, () => inPhase("source", nowMs));
  };
}

export const fetchSource: Executor<"fetchSource"> = async ({ operationId }, context, signal) => {
  const task = await taskOf(context, operationId, signal);
  if (task === null) return NO_EFFECT;
  const { service, operation } = task;
  const source = codeOf(operation.configuration);
  await context.story.event(service, operationId, { key: "pulling", text: eventLine.pullingSource(source) });
  try {
    const { commit, sourceTreeId } = await checkOut(task, sourceVersionOf(operation));
    await context.story.tell(
      service,
      operationId,
      { key: "pulled", text: eventLine.sourcePulled() },
      { key: "commit", text: eventLine.commitPulled(commit) },
    );
    const nowMs = context.ports.clock.now();
    return async (tx) => {
      const checkout = { commit, sourceTreeId };
      await changeUnfailed(tx, operation, nowMs, () => ({ checkout, ...inPhase("build", nowMs) }));
    };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (isWorthAnotherTry(task, error)) {
      const text = eventLine.sourceAway(error.message);
      await context.story.tell(service, operationId, { key: "source-away", text });
      throw error;
    }
    return recordFailure(context, service, operation, causeOfSource(error));
  }
};

/** A host that is away for a moment should not fail a deployment. */
function isWorthAnotherTry({ context, operation }: Task, { problem }: SourceError): boolean {
  const waitedMs = context.ports.clock.now() - operation.phaseStartedAtMs;
  return problem === "unreachable" && waitedMs < context.sourceOutageMs;
}

export const buildImage: Executor<"buildImage"> = async ({ operationId }, context, signal) => {
  const task = await taskOf(context, operationId, signal);
  if (task === null) return NO_EFFECT;
  const { operation, service } = task;
  await context.collection.over();
  await context.story.detail(service, operationId, { key: "building", text: eventLine.buildStarting() });
  const time = new BuildTime(service.id, context.ports.clock);
  try {
    const { directory, commit, sourceTreeId } = await checkOut(task, operation.checkout?.commit.id ?? null);
    const { configuration } = operation;
    const wish = await buildWish(context, service);
    let secrets = operation.secrets ?? {};
    const onPlan: BuildRequest["onPlan"] = async ({ environmentSecrets }) => {
      time.begin();
      assertFileTrusted(configuration, environmentSecrets);
      secrets = await lookUpSecrets(context, service, operation, {
        references: environmentSecrets,
        known: secrets,
      });
    };
    const instanceSecrets = () => secrets;
    const job = {
      service,
      operationId,
      configuration,
      treeDirectory: directory,
      wish,
      onPlan,
      instanceSecrets,
    };
    const { imageId, run } = await context.imageTurns.run(service.id, () => runBuild(context, job, signal));
    await context.story.tell(service, operationId, { key: "built", text: eventLine.buildSucceeded() });
    time.end();
    const found = { imageId, imageDigest: null };
    const admission = await admit(task, found, null, signal);
    const built = { commit, sourceTreeId, run, ...wish };
    return time.with(await makeRelease(task, { ...found, ...admission }, { built, secrets }));
  } catch (error) {
    const cause = causeOf(error);
    if (cause === null) throw error;
    time.end();
    return time.with(await recordFailure(context, service, operation, cause));
  }
};

function causeOf(error: unknown): FailureCause | null {
  if (error instanceof ReleaseRefused) return causeOfRefusal(error);
  if (error instanceof BuildError) return causeOfBuild(error);
  if (error instanceof SecretRefused) return causeOfSecret(error);
  // The checkout was lost in a crash, and the commit is gone: a host that is away is asked again instead.
  if (error instanceof SourceError && error.problem !== "unreachable") return causeOfSource(error);
  return null;
}

function checkOut({ context, service, operation, signal }: Task, commitId: string | null): Promise<Checkout> {
  const location = locationOf(service, operation.configuration);
  return context.ports.sourceCode.checkout({ key: operation.id, location, commitId }, signal);
}

/** Throws ReleaseRefused. */
async function admit(
  { context, service, operation }: Task,
  { imageId, imageDigest }: Pick<Release, "imageId" | "imageDigest">,
  kept: Release | null,
  signal: AbortSignal,
): Promise<Admission> {
  const { ports } = context;
  const { source, accessRoleArn = null } = operation.configuration;
  const located =
    source.kind === "code"
      ? { image: null }
      : ports.registry.locate(parseImageReference(source.imageIdentifier, "ImageIdentifier"), accessRoleArn);
  const candidate = {
    ...located,
    serviceName: service.name,
    serviceArn: service.arn,
    digest: imageDigest,
    imageId,
    keyName: parseExtensions(await ports.store.tags.list(service.arn)).signatureKey,
    before: kept === null ? null : admissionOf(kept),
  };
  return await ports.releaseGate.admit(candidate, signal);
}

function admissionOf({ signedBy, signature, imageCheck }: Release): Admission {
  return {
    ...(signedBy !== undefined && { signedBy }),
    ...(signature !== undefined && { signature }),
    ...(imageCheck !== undefined && { imageCheck }),
  };
}

async function makeRelease(
  { context, service, operation, signal }: Task,
  image: Pick<Release, "imageId" | "imageDigest"> & Admission,
  { built, secrets: known }: { readonly built: BuiltRelease | undefined; readonly secrets: PinnedSecrets },
): Promise<Effect> {
  const { ports, story } = context;
  const made: Release = {
    serviceId: service.id,
    number: await ports.store.releases.nextNumber(service.id),
    operationId: operation.id,
    ...image,
    configuration: operation.configuration,
    scale: await scaleOf(ports.store, operation),
    ...(await tracingOf(ports.store, operation)),
    ...(await runningOf(ports.store, service, operation)),
    ...(built !== undefined && { built }),
    createdAtMs: ports.clock.now(),
  };
  const secrets = pinnedFor(runSettings(made).environmentSecrets, known);
  const release: Release = { ...made, ...(secrets !== null && { secrets }) };
  await ports.engine.protectImage(release.imageId, releaseKey(release), signal);
  await story.detail(service, operation.id, { key: "deploying", text: eventLine.deployStarting() });
  await story.event(service, operation.id, { key: "provisioning", text: eventLine.provisioning() });
  return recordRelease(context, release, secrets === null ? "secrets" : "provision");
}

function recordRelease({ ports }: StepContext, release: Release, next: OperationPhase): Effect {
  const nowMs = ports.clock.now();
  return async (tx) => {
    const key = { serviceId: release.serviceId, id: release.operationId };
    // What was pulled or built too late is not deployed any more.
    const isOpen = await changeUnfailed(tx, key, nowMs, () => ({
      releaseNumber: release.number,
      ...inPhase(next, nowMs),
    }));
    if (isOpen) await tx.releases.save(release);
  };
}

/** What the tags say by now; of a rollback what its release spoke and ran in. Nothing is kept of what is usual. */
async function runningOf(
  tables: Tables,
  service: Service,
  { fromReleaseNumber }: Operation,
): Promise<Pick<Release, "protocol" | "sandbox">> {
  const { protocol, sandbox } =
    fromReleaseNumber === undefined
      ? parseExtensions(await tables.tags.list(service.arn))
      : ((await tables.releases.get(service.id, fromReleaseNumber)) ?? {});
  return { ...(protocol === "h2c" && { protocol }), ...(sandbox === "gvisor" && { sandbox }) };
}

/** What the observability configuration says, which is in use and cannot be deleted. */
async function tracingOf(
  { observabilityConfigurations }: Tables,
  { configuration }: Operation,
): Promise<Pick<Release, "tracing">> {
  const { isEnabled = false, configurationArn } = configuration.observability ?? {};
  if (!isEnabled || configurationArn === undefined) return {};
  const vendor = (await observabilityConfigurations.get(configurationArn))?.traceVendor ?? null;
  return vendor === null ? {} : { tracing: vendor };
}

async function scaleOf(tables: Tables, operation: Operation): Promise<ReleaseScale> {
  const found = await tables.autoScalingConfigurations.get(
    operation.configuration.autoScalingConfigurationArn,
  );
  // In-use configurations cannot be deleted; App Runner's own defaults are the safe answer all the same.
  if (found === null) return { minSize: 1, maxSize: 25, maxConcurrency: 100 };
  return { minSize: found.minSize, maxSize: found.maxSize, maxConcurrency: found.maxConcurrency };
}
