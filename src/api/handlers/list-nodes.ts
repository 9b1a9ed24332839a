import type * as Wire from "../../contract/index.ts";
import { type Instance, isAlive } from "../../domain/instance.ts";
import type { Release } from "../../domain/release.ts";
import type { Service } from "../../domain/service.ts";
import { cpuMillis } from "../../domain/instance-size.ts";
import { compareTexts } from "../../domain/text-order.ts";
import type { EngineStatus } from "../../ports/own-health.ts";
import type { Handler, HandlerContext } from "../handler.ts";
import { visibleServices } from "../resources/visible-services.ts";
import { machineToWire } from "../wire/machine-to-wire.ts";
import { toDate } from "../wire/time.ts";

const MOST_INSTANCES = 5_000;
const ROLES = ["control plane", "engine", "edge"];
const BYTES_PER_MIB = 1024 ** 2;

/** Ours: the machines that instances run on, with all that is on each. Today there is one. */
export const listNodes: Handler<"ListNodes"> = async (_input, context, caller) => {
  const { ownHealth, store } = context;
  const [status, engine, live] = await Promise.all([
    ownHealth.status(),
    ownHealth.engine(),
    store.instances.listAllLive(),
  ]);
  const sized = await withSizes(live.filter(isAlive), store);
  const services = [...new Set(sized.map(({ service }) => service))];
  const look = { caller, action: "slipway:ListInstances" };
  const visible = new Set((await visibleServices(services, look, context)).map(({ id }) => id));
  const { last } = engine;
  const node: Wire.Node = {
    Machine: machineToWire(status.machine),
    Roles: ROLES,
    IsReady: engine.isAnswering,
    ...(status.diskFreeBytes !== null && { DiskFreeBytes: status.diskFreeBytes }),
    ...(last !== null && { Engine: engineToWire(last), SeenAt: toDate(last.atMs) }),
    PromisedCpus: sum(sized.map(({ cpus }) => cpus)),
    PromisedMemoryBytes: sum(sized.map(({ memoryBytes }) => memoryBytes)),
    InstanceCount: sized.length,
    Instances: sized
      .filter(({ service }) => visible.has(service.id))
      .slice(0, MOST_INSTANCES)
      .map(instanceToWire),
  };
  return { Nodes: [node] };
};

interface SizedInstance {
  readonly instance: Instance;
  readonly service: Service;
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** An instance is as large as its release says. Nearly all are of the one in traffic, which is read for all services at once. */
async function withSizes(
  instances: readonly Instance[],
  { services, releases }: Pick<HandlerContext["store"], "services" | "releases">,
): Promise<readonly SizedInstance[]> {
  const found = await services.listByIds([...new Set(instances.map(({ serviceId }) => serviceId))]);
  const details = new Map((await services.details(found)).map((one) => [one.service.id, one]));
  const sized = await Promise.all(
    instances.map(async (instance) => {
      const { serviceId, releaseNumber } = instance;
      const known = details.get(serviceId);
      if (known === undefined) return null;
      const { service, release: active } = known;
      const release =
        active?.number === releaseNumber ? active : await releases.get(serviceId, releaseNumber);
      return { instance, service, ...sizeOf(release ?? service) };
    }),
  );
  return sized
    .filter((one) => one !== null)
    .toSorted((one, other) => compareTexts(one.service.name, other.service.name));
}

function sizeOf({ configuration: { instance } }: Pick<Release | Service, "configuration">) {
  return {
    cpus: cpuMillis(instance.cpu) / 1_000,
    memoryBytes: Number(instance.memory) * BYTES_PER_MIB,
  };
}

function engineToWire({ facts }: NonNullable<EngineStatus["last"]>): Wire.NodeEngine {
  return {
    Name: facts.name,
    Version: facts.version,
    ApiVersion: facts.apiVersion,
    System: facts.system,
    Kernel: facts.kernel,
    Architecture: facts.architecture,
    Labels: facts.labels,
  };
}

function instanceToWire({ instance, service, cpus, memoryBytes }: SizedInstance): Wire.NodeInstance {
  return {
    InstanceId: instance.id,
    ServiceId: service.id,
    ServiceName: service.name,
    ReleaseNumber: instance.releaseNumber,
    State: instance.state,
    Activity: instance.activity ?? "run",
    CreatedAt: toDate(instance.createdAtMs),
    ...(instance.address !== null && { Address: `${instance.address}:${instance.port}` }),
    Cpus: cpus,
    MemoryBytes: memoryBytes,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
