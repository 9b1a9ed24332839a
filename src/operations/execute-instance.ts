/** Steps on instances and their containers. */
import { eventLine } from "../domain/event-line.ts";
import { cpuMillis } from "../domain/instance-size.ts";
import type { Instance } from "../domain/instance.ts";
import { type Release, runSettings } from "../domain/release.ts";
import { internalName } from "../domain/internal-name.ts";
import { instanceHealthEvent } from "../domain/service-event.ts";
import { tracingVariables } from "../domain/tracing.ts";
import { InstanceStartError, type InstanceSpec, type RunningInstance } from "../ports/container-engine.ts";
import { tellCrashes } from "./crash-story.ts";
import { connectorIdOf } from "./egress-policies.ts";
import { type Effect, type Executor, NO_EFFECT, type StepContext, serviceOf } from "./executor.ts";
import { secretGone, UNWELL } from "./failure.ts";
import { extensionsOf } from "./observe.ts";
import { pinnedFor, readSecrets, SecretRefused } from "./pinned-secrets.ts";
import { ensureImage } from "./restore-image.ts";
import { changeInstance } from "./rows.ts";
import { ownerOf } from "./story.ts";
import { activityOf, isServing, isStaying } from "./observed.ts";

/** How long to wait for an instance's last output before its container goes. */
const COPY_MS = 5000;
/** How soon an instance that waits for others to have started asks again for memory. */
const ASK_AGAIN_MS = 1000;
/** How often a pull or a wait for memory looks whether its instance is still wanted: whoever deletes a service does not wait for a pull. */
const STILL_WANTED_MS = 1000;

type Variables = InstanceSpec["environment"];

export const ensureInstances: Executor<"ensureInstances"> = async (step, { ports, serviceId }) => {
  const { releaseNumber, colour, count, reason } = step;
  const nowMs = ports.clock.now();
  return async (tx) => {
    const release = await tx.releases.get(serviceId, releaseNumber);
    if (release === null) return;
    const rows = await tx.instances.listLive(serviceId);
    const present = rows.filter((row) => row.releaseNumber === releaseNumber && isStaying(row)).length;
    for (let index = present; index < count; index++) {
      await tx.instances.save({
        id: ports.ids.hex32(),
        serviceId,
        releaseNumber,
        colour,
        state: "starting",
        address: null,
        port: Number(runSettings(release).port),
        startReason: reason,
        endReason: null,
        exitCode: null,
        isOutOfMemory: false,
        createdAtMs: nowMs,
        readyAtMs: null,
        drainingSinceMs: null,
        stoppedAtMs: null,
      });
    }
  };
};

export const startInstance: Executor<"startInstance"> = async ({ instanceId }, context, signal) => {
  const { ports, engineWatch } = context;
  const row = await ports.store.instances.get(instanceId);
  const release = row === null ? null : await ports.store.releases.get(row.serviceId, row.releaseNumber);
  if (row === null || release === null || row.state !== "starting") return NO_EFFECT;
  try {
    await claimMemory(context, row, release, signal);
    const { address, port } = await startOrRestore(context, row, release, signal);
    engineWatch.noteStarted(instanceId);
    ports.log.follow(ownerOf(await serviceOf(context)), instanceId);
    return (tx) => changeInstance(tx, instanceId, ["starting"], () => ({ state: "warming", address, port }));
  } catch (error) {
    context.memory.release(instanceId);
    if (!(error instanceof InstanceStartError)) throw error;
    if ((await ports.store.instances.get(instanceId))?.state !== "starting") return NO_EFFECT;
    await tellNotStarted(context, row, error.message);
    return recordFall(context, instanceId, { end: "start-failed", endReason: error.message });
  }
};

/**
 * Throws InstanceStartError when the machine has no room for one more. Many that start at once, as after a reboot, wait for
 * each other: what they were promised is mostly more than they take.
 */
async function claimMemory(
  context: StepContext,
  row: Instance,
  release: Release,
  signal: AbortSignal,
): Promise<void> {
  const siblings = (await context.ports.store.instances.listLive(row.serviceId)).filter(
    ({ id }) => id !== row.id,
  );
  const { name } = await serviceOf(context);
  const limitMiB = Number(release.configuration.instance.memory);
  const claim = { instanceId: row.id, serviceName: name, limitMiB, siblings };
  await whileWanted(context, row.id, signal, async (wanted) => {
    for (;;) {
      const answer = await context.memory.claim(claim, wanted);
      if (answer.fits) return;
      if (!answer.mayFitLater) {
        throw new InstanceStartError("no-memory", `No memory for one more instance: ${answer.reason}.`);
      }
      await context.ports.clock.sleep(ASK_AGAIN_MS, wanted);
    }
  });
}

/** An image that was removed by hand is had back first. */
async function startOrRestore(
  context: StepContext,
  row: Instance,
  release: Release,
  signal: AbortSignal,
): Promise<RunningInstance> {
  const { engine } = context.ports;
  const given = {
    tracing: await tracingOf(context, row, release),
    secrets: await secretsOf(context, release),
    role: hasRole(release) ? context.ports.roleVariables(row.id) : {},
    connections: await connectionsOf(context, signal),
  };
  try {
    return await engine.startInstance(specOf(row, release, given), signal);
  } catch (error) {
    if (!(error instanceof InstanceStartError && error.problem === "no-such-image")) throw error;
    const imageId = await whileWanted(context, row.id, signal, (wanted) =>
      ensureImage(context, release, { subjectId: row.id }, wanted),
    );
    return engine.startInstance(specOf(row, { ...release, imageId }, given), signal);
  }
}

/** As the tags are now. Its address may have been that of an instance with connections, so it is always said whose it is. */
async function connectionsOf(context: StepContext, signal: AbortSignal): Promise<Connections> {
  const { id, arn } = await serviceOf(context);
  const { store, edgeInternal } = context.ports;
  const connectedNames = extensionsOf(await store.tags.list(arn)).connectedServices.map(internalName);
  const callerId = connectedNames.length === 0 ? null : id;
  return { connectedNames, onAddress: (address) => edgeInternal.setCaller(address, callerId, signal) };
}

async function tracingOf(context: StepContext, row: Instance, release: Release): Promise<Variables> {
  if (release.tracing === undefined) return {};
  const { id: serviceId, arn: serviceArn, name: serviceName } = await serviceOf(context);
  const instance = { serviceArn, serviceName, serviceId, releaseNumber: release.number, instanceId: row.id };
  return tracingVariables(instance, context.tracing);
}

/** The very versions of the deployment. Throws InstanceStartError when one is gone. */
async function secretsOf({ ports }: StepContext, release: Release): Promise<Variables> {
  const pinned = pinnedFor(runSettings(release).environmentSecrets, release.secrets ?? {});
  if (pinned === null) throw new Error(`release ${release.number} has secrets that were never looked up`);
  try {
    return await readSecrets(ports.secretValues, pinned);
  } catch (error) {
    if (!(error instanceof SecretRefused)) throw error;
    throw new InstanceStartError("other", secretGone(error), { cause: error });
  }
}

/** The signal of `work` is aborted too when the instance is to leave before it was started. */
async function whileWanted<Result>(
  { ports }: StepContext,
  instanceId: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const unwanted = new AbortController();
  const done = new AbortController();
  const watch = async () => {
    for (;;) {
      await ports.clock.sleep(STILL_WANTED_MS, AbortSignal.any([signal, done.signal]));
      if ((await ports.store.instances.get(instanceId))?.state === "starting") continue;
      unwanted.abort(new InstanceStartError("other", "the instance is not wanted any more"));
      return;
    }
  };
  // It ends by being aborted; a store that fails fails the step's own writes too.
  void watch().catch(() => undefined);
  try {
    return await work(AbortSignal.any([signal, unwanted.signal]));
  } finally {
    done.abort();
  }
}

/** A running service that cannot be filled up; of a deployment the cause is told. Once per reason: it is tried again and again. */
async function tellNotStarted(context: StepContext, row: Instance, reason: string): Promise<void> {
  const service = await serviceOf(context);
  if (service.activeReleaseNumber !== row.releaseNumber || service.status !== "RUNNING") return;
  const page = await context.ports.store.instances.list(service.id, { after: null, limit: 10 });
  const before = page.rows.find((other) => other.id !== row.id && other.releaseNumber === row.releaseNumber);
  if (withoutFigures(before?.endReason ?? "") === withoutFigures(reason)) return;
  const text = eventLine.instanceNotStarted(reason);
  await context.story.event(service, row.id, { key: "not-started", text });
}

/** What is left of the machine's memory is another at each try. */
function withoutFigures(reason: string): string {
  return reason.replaceAll(/\d[\d.,]*/g, "0");
}

type Connections = Pick<InstanceSpec, "connectedNames" | "onAddress">;

interface GivenToInstance {
  readonly connections: Connections;
  readonly tracing: Variables;
  readonly secrets: Variables;
  readonly role: Variables;
}

function hasRole({ configuration }: Release): boolean {
  return configuration.instance.instanceRoleArn !== undefined;
}

/** The user's own come after ours. */
function specOf(row: Instance, release: Release, { connections, ...given }: GivenToInstance): InstanceSpec {
  const { instance, network } = release.configuration;
  const { command, environment, port } = runSettings(release);
  return {
    instanceId: row.id,
    serviceId: row.serviceId,
    releaseNumber: row.releaseNumber,
    imageId: release.imageId,
    command,
    environment: { ...given.tracing, ...given.role, ...environment, ...given.secrets, PORT: port },
    port: Number(port),
    cpuMillis: cpuMillis(instance.cpu),
    memoryMiB: Number(instance.memory),
    ...connections,
    ...(network.vpcConnectorArn !== undefined && { connectorId: connectorIdOf(network.vpcConnectorArn) }),
    ...(release.sandbox !== undefined && { sandbox: release.sandbox }),
    ...(hasRole(release) && { reachesDoor: true }),
  };
}

export const recordEnd: Executor<"recordEnd"> = async (step, context) => {
  const { instanceId, exit, end, reason, healthProblem } = step;
  const row = await context.ports.store.instances.get(instanceId);
  if (row !== null && exit?.startProblem !== undefined) {
    await tellNotStarted(context, row, reason);
    return recordFall(context, instanceId, { end, endReason: reason });
  }
  if (row !== null && exit !== null) await tellCrashes(context, row, reason);
  if (row !== null && row.readyAtMs !== null) {
    const text = eventLine.instanceReplaced(instanceId, reason);
    await context.story.event(await serviceOf(context), instanceId, { key: "ended", text });
  }
  return recordFall(context, instanceId, {
    end,
    endReason: reason,
    ...(healthProblem !== undefined && { healthProblem }),
    ...(exit !== null && { exitCode: exit.exitCode, isOutOfMemory: exit.isOutOfMemory }),
  });
};

function recordFall({ ports }: StepContext, instanceId: string, end: Partial<Instance>): Effect {
  const stoppedAtMs = ports.clock.now();
  return (tx) =>
    changeInstance(tx, instanceId, ["starting", "warming", "ready", "idle"], () => ({
      ...end,
      state: "failed",
      stoppedAtMs,
    }));
}

export const noteHealth: Executor<"noteHealth"> = async (step, { ports, serviceId }) => {
  const { instanceId, isUnhealthy, healthProblem } = step;
  const nowMs = ports.clock.now();
  return async (tx) => {
    const before = await tx.instances.get(instanceId);
    const service = await tx.services.get(serviceId);
    if (before === null || service === null || !isServing(before)) return;
    const after = { ...before, isUnhealthy, ...(healthProblem !== undefined && { healthProblem }) };
    await tx.instances.save(after);
    await tx.events.append(instanceHealthEvent(service, after, nowMs));
  };
};

export const retireInstance: Executor<"retireInstance"> = async (step, context, signal) => {
  const { instanceId, end, reason, healthProblem } = step;
  if (reason === UNWELL) {
    const text = eventLine.instanceReplaced(instanceId, reason);
    await context.story.event(await serviceOf(context), instanceId, { key: "ended", text });
  }
  const { clock, engine, store } = context.ports;
  const row = await store.instances.get(instanceId);
  // Requests that came at the last moment are answered, and its own end is not slow.
  if (row !== null && activityOf(row) !== "run") await engine.setActivity(instanceId, "run", signal);
  const drainingSinceMs = clock.now();
  return (tx) =>
    changeInstance(tx, instanceId, ["starting", "warming", "ready", "idle", "draining"], () => ({
      state: "draining",
      activity: "run",
      end,
      endReason: reason,
      ...(healthProblem !== undefined && { healthProblem }),
      drainingSinceMs,
    }));
};

export const stopInstance: Executor<"stopInstance"> = async ({ instanceId, graceMs }, context, signal) => {
  await context.ports.engine.stopInstance(instanceId, { graceMs }, signal);
  context.engineWatch.noteStopped(instanceId);
  return NO_EFFECT;
};

export const removeInstance: Executor<"removeInstance"> = async ({ instanceId }, context, signal) => {
  const { ports, engineWatch } = context;
  const containers = engineWatch.view();
  const container = containers === "unknown" ? undefined : containers.get(instanceId);
  await ports.log.finish(instanceId, COPY_MS);
  await forgetCaller(context, instanceId, signal);
  await ports.engine.removeInstance(instanceId, signal);
  engineWatch.noteRemoved(instanceId);
  const nowMs = ports.clock.now();
  return (tx) =>
    changeInstance(tx, instanceId, ["draining", "failed"], (row) => ({
      state: "stopped",
      stoppedAtMs: row.stoppedAtMs ?? nowMs,
      ...(container?.state === "exited" && { exitCode: row.exitCode ?? container.exit.exitCode }),
    }));
};

/** While the address is its own. Should the edge be away, the next start at that address says whose it is then. */
async function forgetCaller({ ports }: StepContext, instanceId: string, signal: AbortSignal): Promise<void> {
  const address = (await ports.store.instances.get(instanceId))?.address ?? null;
  if (address === null) return;
  await ports.edgeInternal.setCaller(address, null, signal).catch(() => signal.throwIfAborted());
}

export const removeStranger: Executor<"removeStranger"> = async ({ instanceId }, context, signal) => {
  await context.ports.engine.removeInstance(instanceId, signal);
  context.engineWatch.noteRemoved(instanceId);
  return NO_EFFECT;
};
