/** ServiceCommands on the store alone, for tests of the API: the record is kept, and the work ends when the test says so. */
import { type AccountScope, formatArn } from "../../domain/arn.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Operation, OperationTrigger, OperationType } from "../../domain/operation.ts";
import type { Release } from "../../domain/release.ts";
import { assertUnchangedSince, type Service, type ServiceStatus } from "../../domain/service.ts";
import type { Clock, IdSource } from "../../ports/clock.ts";
import type { Accepted, PossiblyAccepted, ServiceCommands } from "../../ports/service-commands.ts";
import type { Store } from "../../ports/store.ts";

interface FakeOptions {
  readonly store: Store;
  readonly scope: AccountScope;
  readonly ids: IdSource;
  readonly clock: Pick<Clock, "now">;
}

export class FakeServiceCommands implements ServiceCommands {
  readonly #options: FakeOptions;

  /** Services whose tags changed, in order. */
  readonly reconsidered: string[] = [];

  constructor(options: FakeOptions) {
    this.#options = options;
  }

  async create({
    name,
    configuration,
    encryptionKeyArn,
    tags,
  }: Parameters<ServiceCommands["create"]>[0]): Promise<Accepted> {
    const { store, scope, ids, clock } = this.#options;
    if ((await store.services.findByName(name)) !== null)
      throw new SlipwayError("ServiceNameTaken", { name });
    const now = clock.now();
    const id = ids.hex32();
    const service: Service = {
      id,
      arn: formatArn({ ...scope, type: "service", name, id }),
      name,
      host: `${ids.hostLabel()}.${scope.region}.slipway.localhost`,
      status: "OPERATION_IN_PROGRESS",
      configuration,
      slots: { ...(await store.services.freeSlots()), active: null },
      encryptionKeyArn: encryptionKeyArn ?? null,
      activeReleaseNumber: null,
      createdAtMs: now,
      updatedAtMs: now,
      deletedAtMs: null,
    };
    const accepted = await this.#accept(service, "CREATE_SERVICE");
    if (tags.length > 0) await store.tags.put(service.arn, tags);
    return accepted;
  }

  reconsider(serviceId: string): void {
    this.reconsidered.push(serviceId);
  }

  async update(
    serviceId: string,
    change: Parameters<ServiceCommands["update"]>[1],
    ifUpdatedAtMs: number | null = null,
  ): Promise<PossiblyAccepted> {
    const service = await this.#get(serviceId);
    assertUnchangedSince(service, ifUpdatedAtMs);
    if (service.status !== "RUNNING" && service.status !== "CREATE_FAILED") throw busy(service, "updated");
    const configuration = change(service.configuration);
    const isSame = JSON.stringify(configuration) === JSON.stringify(service.configuration);
    if (isSame && service.status === "RUNNING") return { service, operationId: null };
    return this.#accept({ ...service, configuration }, "UPDATE_SERVICE");
  }

  async startDeployment(serviceId: string, trigger?: OperationTrigger): Promise<Accepted> {
    const service = await this.#get(serviceId);
    if (service.status !== "RUNNING") throw new SlipwayError("ServiceNotDeployable");
    return this.#accept(service, "START_DEPLOYMENT", trigger);
  }

  async rollBack(serviceId: string, releaseNumber: number | null): Promise<Accepted> {
    const service = await this.#get(serviceId);
    const { configuration } = await this.releaseToReturnTo(serviceId, releaseNumber);
    return this.#accept({ ...service, configuration }, "UPDATE_SERVICE");
  }

  async releaseToReturnTo(serviceId: string, releaseNumber: number | null): Promise<Release> {
    const { name } = await this.#get(serviceId);
    const number = releaseNumber ?? 1;
    const release = await this.#options.store.releases.get(serviceId, number);
    if (release === null) throw new SlipwayError("NoSuchRelease", { name, number, remedy: "" });
    return release;
  }

  async cancel(serviceId: string, operationId: string): Promise<Operation> {
    const operation = await this.#options.store.operations.get(serviceId, operationId);
    if (operation !== null && operation.endedAtMs === null) return operation;
    throw new SlipwayError("NotCancellable", { id: operationId, reason: "it has ended" });
  }

  async pause(serviceId: string): Promise<PossiblyAccepted> {
    const service = await this.#get(serviceId);
    if (service.status === "PAUSED") return { service, operationId: null };
    if (service.status !== "RUNNING") throw busy(service, "paused");
    return this.#accept(service, "PAUSE_SERVICE");
  }

  async resume(serviceId: string): Promise<PossiblyAccepted> {
    const service = await this.#get(serviceId);
    if (service.status === "RUNNING") return { service, operationId: null };
    if (service.status !== "PAUSED") throw busy(service, "resumed");
    return this.#accept(service, "RESUME_SERVICE");
  }

  async delete(serviceId: string): Promise<Accepted> {
    return this.#accept(await this.#get(serviceId), "DELETE_SERVICE");
  }

  /** Ends what is under way: the operation succeeds and the service takes this status. */
  async settle(serviceId: string, status: ServiceStatus): Promise<void> {
    const { store, clock } = this.#options;
    const updatedAtMs = clock.now();
    for (const open of await store.operations.listOpen(serviceId)) {
      await store.operations.save({
        ...open,
        status: "SUCCEEDED",
        phase: "done",
        updatedAtMs,
        endedAtMs: updatedAtMs,
      });
    }
    const service: Service = { ...(await this.#get(serviceId)), status, updatedAtMs };
    const isDeleted = status === "DELETED";
    await store.services.save(isDeleted ? { ...service, deletedAtMs: updatedAtMs, slots: null } : service);
  }

  async #get(id: string): Promise<Service> {
    const service = await this.#options.store.services.get(id);
    if (service === null) throw new Error(`no service ${id}`);
    return service;
  }

  async #accept(present: Service, type: OperationType, trigger?: OperationTrigger): Promise<Accepted> {
    const { store, ids, clock } = this.#options;
    const now = clock.now();
    const before = type === "UPDATE_SERVICE" ? (await this.#get(present.id)).configuration : null;
    const service: Service = { ...present, status: "OPERATION_IN_PROGRESS", updatedAtMs: now };
    const operation: Operation = {
      id: ids.hex32(),
      serviceId: service.id,
      serviceArn: service.arn,
      type,
      status: "IN_PROGRESS",
      phase: "waiting",
      configuration: service.configuration,
      previousConfiguration: before,
      releaseNumber: null,
      cause: null,
      createdAtMs: now,
      phaseStartedAtMs: now,
      updatedAtMs: now,
      endedAtMs: null,
      ...(trigger !== undefined && { trigger }),
    };
    await store.services.save(service);
    await store.operations.save(operation);
    return { service, operationId: operation.id };
  }
}

function busy({ status }: Service, verb: string): SlipwayError {
  return new SlipwayError("ServiceBusy", { verb, status });
}
