/** What every executor gets and gives. */
import type { Service } from "../domain/service.ts";
import type { InstanceTracing } from "../domain/tracing.ts";
import type { Clock, IdSource } from "../ports/clock.ts";
import type { Builder } from "../ports/builder.ts";
import type { ContainerEngine } from "../ports/container-engine.ts";
import type { Edge } from "../ports/edge.ts";
import type { EdgeInternal } from "../ports/edge-internal.ts";
import type { ImageAccess } from "../ports/image-access.ts";
import type { RegistryDirectory } from "../ports/registry-directory.ts";
import type { SecretAccess } from "../ports/secret-access.ts";
import type { ReleaseGate } from "../ports/release-gate.ts";
import type { SecretValues } from "../ports/secret-values.ts";
import type { ServiceLog } from "../ports/service-log.ts";
import type { SourceCode } from "../ports/source-code.ts";
import type { Store, Tables } from "../ports/store.ts";
import type { EdgeWatch } from "./edge-watch.ts";
import type { EngineWatch } from "./engine-watch.ts";
import type { ImageCollection } from "./image-collection.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { SerialQueue } from "./serial-queue.ts";
import type { StepArguments, StepName } from "./step.ts";
import type { Story } from "./story.ts";

/** The adapters the engine works with. */
export interface Ports {
  readonly store: Store;
  readonly engine: ContainerEngine;
  readonly edge: Edge;
  readonly edgeInternal: Pick<EdgeInternal, "setCaller">;
  readonly log: ServiceLog;
  readonly registry: RegistryDirectory;
  readonly imageAccess: ImageAccess;
  readonly sourceCode: SourceCode;
  readonly builder: Builder;
  readonly releaseGate: ReleaseGate;
  readonly secretValues: SecretValues;
  readonly secretAccess: SecretAccess;
  /** What an instance of a service with a role is told of the instance door; the user's own win. */
  readonly roleVariables: (instanceId: string) => Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly ids: IdSource;
}

export interface StepContext {
  readonly ports: Ports;
  readonly engineWatch: EngineWatch;
  readonly edgeWatch: EdgeWatch;
  readonly story: Story;
  readonly collection: ImageCollection;
  readonly memory: MemoryBudget;
  /**
   * Builds of a service take turns, and so does having its images back: a builder lets a newer build take the place of one
   * that waits, and instances of one set miss the same image.
   */
  readonly imageTurns: SerialQueue;
  readonly tracing: InstanceTracing;
  /** How long a Git host that does not answer is asked again. */
  readonly sourceOutageMs: number;
  /** Names the time since the control plane was started: part of the key of what is told once in it. */
  readonly lifeId: string;
  readonly serviceId: string;
}

/** The step's effect on the rows: runs in the transaction that also ends its journal entry. Never waits for a network. */
export type Effect = (tx: Tables) => Promise<void>;

export type Executor<Name extends StepName> = (
  step: StepArguments[Name],
  context: StepContext,
  signal: AbortSignal,
) => Promise<Effect>;

export const NO_EFFECT: Effect = async () => {};

/** The service a step is about. Its absence is a bug: rows of services are never deleted. */
export async function serviceOf({ ports, serviceId }: StepContext): Promise<Service> {
  const service = await ports.store.services.get(serviceId);
  if (service === null) throw new Error(`service ${serviceId} has no record`);
  return service;
}
