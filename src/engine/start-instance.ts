/** Starts an instance in a network sandbox. Repeating it after a crash finds what is there and goes on from it. */
import { InstanceStartError, type InstanceSpec, type RunningInstance } from "../ports/container-engine.ts";
import type { EngineContext } from "./context.ts";
import type { DoorRules } from "./door-rules.ts";
import type { EgressRules } from "./egress-rules.ts";
import { isRefusal, messageOf, type EngineRefusal } from "./errors.ts";
import { hardenedHostConfig, isRootUser } from "./hardening.ts";
import { bringsInit, type EngineInit, type ImageStart } from "./init-process.ts";
import { labels } from "./naming.ts";
import { inspectOwnContainer } from "./own-containers.ts";
import { removeInstance } from "./remove-instance.ts";
import type { Sandbox, SandboxPool } from "./sandbox-pool.ts";
import { sandboxShape } from "./sandbox-shape.ts";
import { toStartError } from "./start-error.ts";

/** Under load, a start waits for others; 2 minutes is far above the 30 s seen with a load of 15 on 2 cores. */
const START_DEADLINE_MS = 120_000;

/** A sandbox may have died since it was counted: the second attempt gets one that was counted anew. */
const ATTEMPTS = 2;

/** What instances are started with. */
export interface Supplies {
  readonly pool: SandboxPool;
  readonly init: EngineInit;
  /** What the engine calls gVisor. */
  readonly gvisorRuntime: string;
  readonly door: DoorRules;
  readonly egress: EgressRules;
}

export async function startInstance(
  context: EngineContext,
  supplies: Supplies,
  spec: InstanceSpec,
  signal: AbortSignal,
): Promise<RunningInstance> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(context, supplies, spec, signal);
    } catch (error) {
      if (!(error instanceof SandboxLost) || attempt === ATTEMPTS) throw error;
      await supplies.pool.refill(signal);
    }
  }
}

/** The network sandbox is gone. An InstanceStartError, should it ever reach the caller. */
class SandboxLost extends InstanceStartError {}

async function startOnce(
  context: EngineContext,
  supplies: Supplies,
  spec: InstanceSpec,
  signal: AbortSignal,
): Promise<RunningInstance> {
  const created = await createOrFind(context, supplies, spec, signal);
  if (spec.reachesDoor === true) {
    await supplies.door.admit(spec.instanceId, created.instance.address, signal);
  }
  await spec.onAddress?.(created.instance.address);
  if (created.isStarted) return created.instance;
  try {
    await start(context, spec.instanceId, signal);
    return created.instance;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const failed = await inspectOwnContainer(
      context,
      context.names.instanceContainer(spec.instanceId),
      signal,
    );
    await removeInstance(context, supplies.pool, spec.instanceId, signal);
    throw toError(spec, created.sandboxId, error, failed?.State.ExitCode ?? 0);
  }
}

interface Created {
  readonly isStarted: boolean;
  readonly sandboxId: string;
  readonly instance: RunningInstance;
}

async function createOrFind(
  context: EngineContext,
  supplies: Supplies,
  spec: InstanceSpec,
  signal: AbortSignal,
): Promise<Created> {
  const { pool, egress } = supplies;
  const body = await containerBody(context, supplies, spec, signal);
  const sandbox = await pool.take(signal, await sandboxShape(context, egress, spec, signal));
  try {
    await context.client.call(signal, (docker) => docker.createContainer(inSandbox(body, sandbox)));
    const instance = { address: sandbox.address, port: spec.port };
    return { isStarted: false, sandboxId: sandbox.containerId, instance };
  } catch (error) {
    if (isRefusal(error, 409)) {
      pool.giveBack(sandbox);
      return await findExisting(context, spec, signal);
    }
    // The engine may still carry out a call that we gave up on; without its sandbox it cannot start.
    await pool
      .discard(sandbox.containerId, AbortSignal.timeout(START_DEADLINE_MS))
      .catch((problem: unknown) => {
        context.report("sandbox-discard-failed", {
          sandbox: sandbox.containerId,
          problem: messageOf(problem),
        });
      });
    throw isRefusal(error) ? toError(spec, sandbox.containerId, error, 0) : error;
  }
}

/** The engine names the sandbox when that is what it misses. */
function toError(spec: InstanceSpec, sandboxId: string, refusal: EngineRefusal, exitCode: number): Error {
  if (isRefusal(refusal, 404, 409) && refusal.message.includes(sandboxId)) {
    return new SandboxLost("other", "The network of the instance is gone; start it again.", {
      cause: refusal,
    });
  }
  return toStartError(spec, refusal, exitCode);
}

/** An instance of an earlier attempt. One that has ended is not started again: its exit is in the list. */
async function findExisting(
  context: EngineContext,
  spec: InstanceSpec,
  signal: AbortSignal,
): Promise<Created> {
  const existing = await inspectOwnContainer(
    context,
    context.names.instanceContainer(spec.instanceId),
    signal,
  );
  const address = existing?.Config.Labels[labels.address];
  if (existing === null || address === undefined) {
    throw new InstanceStartError(
      "other",
      `Another container has the name of instance ${spec.instanceId}; remove it.`,
    );
  }
  return {
    isStarted: existing.State.Status !== "created",
    sandboxId: (existing.HostConfig.NetworkMode ?? "").replace("container:", ""),
    instance: { address, port: Number(existing.Config.Labels[labels.port]) },
  };
}

async function start(
  { client, names }: EngineContext,
  instanceId: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.call(
      signal,
      (docker) => docker.getContainer(names.instanceContainer(instanceId)).start(),
      START_DEADLINE_MS,
    );
  } catch (error) {
    if (!isRefusal(error, 304)) throw error; // 304: it runs already
  }
}

async function containerBody(
  context: EngineContext,
  { pool, init, gvisorRuntime }: Pick<Supplies, "pool" | "init" | "gvisorRuntime">,
  spec: InstanceSpec,
  signal: AbortSignal,
) {
  const [image, openFilesLimit, isInitUsable] = await Promise.all([
    configOfImage(context, spec, signal),
    pool.openFilesLimit(signal),
    init.isUsable(signal),
  ]);
  const isRootImage = isRootUser(image.User);
  const hasInit = isInitUsable && !bringsInit(image, spec.command);
  return {
    name: context.names.instanceContainer(spec.instanceId),
    Image: spec.imageId,
    ...(spec.command !== null && { Cmd: [...spec.command] }),
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    Labels: {
      [labels.owner]: context.names.ownerId,
      [labels.role]: "instance",
      [labels.instance]: spec.instanceId,
      [labels.service]: spec.serviceId,
      [labels.release]: String(spec.releaseNumber),
      [labels.port]: String(spec.port),
      ...(spec.reachesDoor === true && { [labels.door]: "open" }),
    },
    // Health is the control plane's own probe; one of the image's would run beside it and fail frozen instances.
    Healthcheck: { Test: ["NONE"] },
    HostConfig: hardenedHostConfig({ spec, isRootImage, hasInit, openFilesLimit, gvisorRuntime }),
  };
}

function inSandbox(body: Awaited<ReturnType<typeof containerBody>>, sandbox: Sandbox) {
  return {
    ...body,
    Labels: { ...body.Labels, [labels.address]: sandbox.address },
    HostConfig: { ...body.HostConfig, NetworkMode: `container:${sandbox.containerId}` },
  };
}

async function configOfImage(
  { client }: EngineContext,
  spec: InstanceSpec,
  signal: AbortSignal,
): Promise<ImageStart & { readonly User?: string | undefined }> {
  try {
    const { Config } = await client.call(signal, (docker) => docker.getImage(spec.imageId).inspect());
    return Config;
  } catch (error) {
    throw isRefusal(error, 404) ? toStartError(spec, error, 0) : error;
  }
}
