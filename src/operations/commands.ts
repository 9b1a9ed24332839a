/**
 * What the API asks for. Each command checks the state, records the wish and its operation in one transaction, and
 * returns; the worker does the rest. The transaction is what makes two at once impossible: the second sees the first.
 */
import { isDeepStrictEqual } from "node:util";
import { type AccountScope, formatArn } from "../domain/arn.ts";
import { SlipwayError } from "../domain/error.ts";
import { eventLine } from "../domain/event-line.ts";
import type { Operation, OperationTrigger, OperationType } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import {
  assertUnchangedSince,
  type Service,
  type ServiceConfiguration,
  type ServiceStatus,
} from "../domain/service.ts";
import { operationEvent, serviceStatusEvent } from "../domain/service-event.ts";
import type { Tag } from "../domain/tag.ts";
import type { Clock, IdSource } from "../ports/clock.ts";
import type { Accepted, PossiblyAccepted, ServiceCommands } from "../ports/service-commands.ts";
import type { Store, Tables } from "../ports/store.ts";
import { cancellable, releaseToReturnTo } from "./command-subjects.ts";
import { CANCELLED, CANCELLED_BY_USER } from "./failure.ts";
import { checkNamedResources } from "./named-resources.ts";
import { failedOperation } from "./record-failure.ts";
import { changeOperation, inPhase } from "./rows.ts";
import type { SerialQueue } from "./serial-queue.ts";
import type { Story } from "./story.ts";

export interface CommandOptions {
  readonly scope: AccountScope;
  /** Service host names end in it. */
  readonly baseDomain: string;
  /** Services at once, failed ones included. */
  readonly serviceQuota: number;
}

export interface CommandDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly story: Story;
  readonly options: CommandOptions;
  readonly queue: SerialQueue;
  readonly wake: (serviceId: string) => void;
}

interface Wish {
  readonly type: OperationType;
  readonly configuration: ServiceConfiguration;
  readonly previousConfiguration: ServiceConfiguration | null;
  readonly releaseNumber: number | null;
  readonly fromReleaseNumber?: number;
  readonly trigger?: OperationTrigger;
}

export class Commands implements ServiceCommands {
  readonly #deps: CommandDeps;

  constructor(deps: CommandDeps) {
    this.#deps = deps;
  }

  reconsider(serviceId: string): void {
    this.#deps.wake(serviceId);
  }

  async create(request: {
    readonly name: string;
    readonly configuration: ServiceConfiguration;
    readonly encryptionKeyArn?: string | undefined;
    readonly tags: readonly Tag[];
  }): Promise<Accepted> {
    return this.#accept(async (tx) => {
      const { name, configuration, tags } = request;
      if ((await tx.services.findByName(name)) !== null) throw new SlipwayError("ServiceNameTaken", { name });
      await this.#checkQuota(tx);
      await checkNamedResources(tx, configuration, null);
      const service = await this.#newService(tx, request);
      await tx.tags.put(service.arn, tags);
      const wish: Wish = {
        type: "CREATE_SERVICE",
        configuration,
        previousConfiguration: null,
        releaseNumber: null,
      };
      return this.#record(tx, service, wish);
    });
  }

  async update(
    serviceId: string,
    change: (present: ServiceConfiguration) => ServiceConfiguration,
    ifUpdatedAtMs: number | null = null,
  ): Promise<PossiblyAccepted> {
    return this.#accept(async (tx) => {
      const service = await load(tx, serviceId);
      assertUnchangedSince(service, ifUpdatedAtMs);
      if (service.status !== "RUNNING" && service.status !== "CREATE_FAILED") throw busy(service, "updated");
      const configuration = change(service.configuration);
      const isRunning = service.status === "RUNNING";
      if (isRunning && isDeepStrictEqual(configuration, service.configuration)) return unchanged(service);
      await checkNamedResources(tx, configuration, service.configuration);
      return this.#record(tx, service, {
        type: "UPDATE_SERVICE",
        configuration,
        previousConfiguration: isRunning ? service.configuration : null,
        releaseNumber: null,
      });
    });
  }

  async startDeployment(serviceId: string, trigger?: OperationTrigger): Promise<Accepted> {
    return this.#accept(async (tx) => {
      const service = await load(tx, serviceId);
      if (service.status !== "RUNNING") throw new SlipwayError("ServiceNotDeployable");
      return this.#record(tx, service, {
        type: "START_DEPLOYMENT",
        configuration: service.configuration,
        previousConfiguration: service.configuration,
        releaseNumber: null,
        ...(trigger !== undefined && { trigger }),
      });
    });
  }

  async rollBack(serviceId: string, releaseNumber: number | null): Promise<Accepted> {
    return this.#accept(async (tx) => {
      const service = await load(tx, serviceId);
      if (service.status !== "RUNNING") throw busy(service, "rolled back");
      const release = await releaseToReturnTo(tx, service, releaseNumber);
      await checkNamedResources(tx, release.configuration, service.configuration);
      return this.#record(tx, service, {
        type: "UPDATE_SERVICE",
        configuration: release.configuration,
        previousConfiguration: service.configuration,
        releaseNumber: null,
        fromReleaseNumber: release.number,
      });
    });
  }

  async releaseToReturnTo(serviceId: string, releaseNumber: number | null): Promise<Release> {
    return this.#deps.store.transaction(async (tx) =>
      releaseToReturnTo(tx, await load(tx, serviceId), releaseNumber),
    );
  }

  /** In the queue of the service, where no step can be switching traffic at the same time. */
  async cancel(serviceId: string, operationId: string): Promise<Operation> {
    const { store, clock, queue, story, wake } = this.#deps;
    return queue.run(serviceId, async () => {
      const nowMs = clock.now();
      const { service, operation } = await store.transaction(async (tx) => {
        const service = await load(tx, serviceId);
        const operation = await cancellable(tx, service, operationId);
        const failed = failedOperation(service, operation, CANCELLED_BY_USER);
        await changeOperation(tx, operation, nowMs, () => ({ ...failed, ...inPhase("cleanup", nowMs) }));
        return { service, operation };
      });
      await story.tell(service, operation.id, { key: "cancelled", text: eventLine.cancelledByUser() });
      wake(serviceId);
      return (await store.operations.get(serviceId, operationId)) ?? operation;
    });
  }

  async pause(serviceId: string): Promise<PossiblyAccepted> {
    return this.#accept(async (tx) => {
      const service = await load(tx, serviceId);
      if (service.status === "PAUSED") return unchanged(service);
      if (service.status !== "RUNNING") throw busy(service, "paused");
      return this.#record(tx, service, plain("PAUSE_SERVICE", service));
    });
  }

  async resume(serviceId: string): Promise<PossiblyAccepted> {
    return this.#accept(async (tx) => {
      const service = await load(tx, serviceId);
      if (service.status === "RUNNING") return unchanged(service);
      if (service.status !== "PAUSED") throw busy(service, "resumed");
      return this.#record(tx, service, plain("RESUME_SERVICE", service));
    });
  }

  async delete(serviceId: string): Promise<Accepted> {
    let overtaken: Operation | null = null;
    const accepted = await this.#accept(async (tx) => {
      const service = await load(tx, serviceId);
      if (service.status === "DELETED") throw missing(serviceId);
      if (service.status === "OPERATION_IN_PROGRESS") overtaken = await this.#overtake(tx, service);
      return this.#record(tx, service, plain("DELETE_SERVICE", service));
    });
    if (overtaken !== null) await this.#tellOvertaken(accepted.service, overtaken);
    return accepted;
  }

  /** Ends a create that is under way, so that the delete may begin. Anything else is waited for by the caller. */
  async #overtake(tx: Tables, service: Service): Promise<Operation> {
    const [operation] = await tx.operations.listOpen(service.id);
    if (operation?.type !== "CREATE_SERVICE") throw busy(service, "deleted");
    const nowMs = this.#deps.clock.now();
    await changeOperation(tx, { serviceId: service.id, id: operation.id }, nowMs, (present) => ({
      status: "FAILED",
      // One that failed before was not cancelled: its owner wants to know why it failed.
      cause: present.cause ?? CANCELLED,
      ...inPhase("done", nowMs),
      endedAtMs: nowMs,
    }));
    return operation;
  }

  async #tellOvertaken(service: Service, operation: Operation): Promise<void> {
    const { id, cause } = operation;
    const line = { key: "cancelled", text: eventLine.cancelled() };
    if (cause === null) await this.#deps.story.tell(service, id, line);
    await this.#deps.story.event(service, id, { key: "ended", text: eventLine.operationFailed(operation) });
  }

  async #accept<Result extends PossiblyAccepted>(work: (tx: Tables) => Promise<Result>): Promise<Result> {
    const accepted = await this.#deps.store.transaction(work);
    if (accepted.operationId !== null) this.#deps.wake(accepted.service.id);
    return accepted;
  }

  async #checkQuota(tx: Tables): Promise<void> {
    const limit = this.#deps.options.serviceQuota;
    if ((await tx.services.count()) < limit) return;
    throw new SlipwayError("QuotaExceeded", { limit, kind: "services", setting: "serviceQuota" });
  }

  async #newService(
    tx: Tables,
    { name, configuration, encryptionKeyArn }: Parameters<ServiceCommands["create"]>[0],
  ): Promise<Service> {
    const { clock, ids, options } = this.#deps;
    const id = ids.hex32();
    const nowMs = clock.now();
    return {
      id,
      arn: formatArn({ ...options.scope, type: "service", name, id }),
      name,
      host: `${ids.hostLabel()}.${options.scope.region}.${options.baseDomain}`,
      status: "OPERATION_IN_PROGRESS",
      configuration,
      encryptionKeyArn: encryptionKeyArn ?? null,
      slots: { ...(await tx.services.freeSlots()), active: null },
      activeReleaseNumber: null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      deletedAtMs: null,
    };
  }

  async #record(tx: Tables, present: Service, wish: Wish): Promise<Accepted> {
    const nowMs = this.#deps.clock.now();
    const { configuration } = wish;
    const service: Service = {
      ...present,
      status: "OPERATION_IN_PROGRESS",
      configuration,
      updatedAtMs: nowMs,
    };
    const operation: Operation = {
      ...wish,
      id: this.#deps.ids.hex32(),
      serviceId: service.id,
      serviceArn: service.arn,
      status: "PENDING",
      phase: "waiting",
      cause: null,
      createdAtMs: nowMs,
      phaseStartedAtMs: nowMs,
      phases: [{ phase: "waiting", startedAtMs: nowMs }],
      updatedAtMs: nowMs,
      endedAtMs: null,
    };
    await tx.services.save(service);
    await tx.operations.save(operation);
    await tellAccepted(tx, operation, { service, previous: present.status });
    return { service, operationId: operation.id };
  }
}

/** In the order of the event log. */
async function tellAccepted(
  tx: Tables,
  operation: Operation,
  { service, previous }: { readonly service: Service; readonly previous: ServiceStatus },
): Promise<void> {
  const atMs = operation.createdAtMs;
  const begun = operationEvent(operation, atMs);
  if (begun !== null) await tx.events.append(begun);
  const isNew = operation.type === "CREATE_SERVICE";
  // A delete may overtake another operation: the status stays.
  if (!isNew && previous === service.status) return;
  await tx.events.append(serviceStatusEvent(service, isNew ? null : previous, { atMs }));
}

/** A resume brings back the release that was active; pause and delete bring none. */
function plain(type: "PAUSE_SERVICE" | "RESUME_SERVICE" | "DELETE_SERVICE", service: Service): Wish {
  return {
    type,
    configuration: service.configuration,
    previousConfiguration: null,
    releaseNumber: type === "RESUME_SERVICE" ? service.activeReleaseNumber : null,
  };
}

async function load(tx: Tables, serviceId: string): Promise<Service> {
  const service = await tx.services.get(serviceId);
  if (service === null) throw missing(serviceId);
  return service;
}

function missing(serviceId: string): SlipwayError {
  return new SlipwayError("NoSuchResource", { kind: "Service", arn: serviceId });
}

function busy(service: Service, verb: string): SlipwayError {
  return new SlipwayError("ServiceBusy", { verb, status: service.status });
}

function unchanged(service: Service): PossiblyAccepted {
  return { service, operationId: null };
}
