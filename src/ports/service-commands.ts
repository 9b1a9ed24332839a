/**
 * The commands on services: what the API asks of the operations engine. Each checks the service's state, records the
 * wish and its operation in one transaction, and returns at once; the work goes on behind it.
 */
import type { Operation, OperationTrigger } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import type { Service, ServiceConfiguration } from "../domain/service.ts";
import type { Tag } from "../domain/tag.ts";

export interface ServiceCommands {
  /** Throws ServiceNameTaken, QuotaExceeded; NoSuchResource, ConfigurationDeleted for what the configuration names. */
  create(request: {
    readonly name: string;
    readonly configuration: ServiceConfiguration;
    /** Left out: the service names none. */
    readonly encryptionKeyArn?: string | undefined;
    readonly tags: readonly Tag[];
  }): Promise<Accepted>;
  /**
   * `change` gets the present configuration inside the transaction and returns the wished one (or throws a catalogue
   * error). NoSuchResource and ConfigurationDeleted as for `create`. Allowed in RUNNING and CREATE_FAILED, where it is the
   * rebuild; else ServiceBusy. A change that changes nothing in RUNNING is accepted without an operation. With
   * `ifUpdatedAtMs` the service must not have been changed since, else ServiceChanged.
   */
  update(
    serviceId: string,
    change: (present: ServiceConfiguration) => ServiceConfiguration,
    ifUpdatedAtMs?: number | null,
  ): Promise<PossiblyAccepted>;
  /** Only in RUNNING, else ServiceNotDeployable. */
  startDeployment(serviceId: string, trigger?: OperationTrigger): Promise<Accepted>;
  /**
   * Deploys a release again, image and configuration, without a build: an update whose release has the next number.
   * `releaseNumber` null: the newest one before the active one that served. Only in RUNNING, else ServiceBusy. Throws
   * NoSuchRelease for one that is not there, never served, or is active.
   */
  rollBack(serviceId: string, releaseNumber: number | null): Promise<Accepted>;
  /** The release that `rollBack` would deploy. Throws NoSuchRelease. */
  releaseToReturnTo(serviceId: string, releaseNumber: number | null): Promise<Release>;
  /**
   * Gives up a create, an update or a deployment before its traffic is switched: it ends with class
   * "cancelled", rolled back where there is something to go back to. Throws NotCancellable after that.
   */
  cancel(serviceId: string, operationId: string): Promise<Operation>;
  /** Only in RUNNING; an already paused service is accepted without an operation; else ServiceBusy. */
  pause(serviceId: string): Promise<PossiblyAccepted>;
  /** Only in PAUSED; an already running service is accepted without an operation; else ServiceBusy. */
  resume(serviceId: string): Promise<PossiblyAccepted>;
  /**
   * Any state but DELETED (ResourceNotFound-like answer is the caller's). While a create is under way the delete
   * overtakes it: the create ends FAILED with class "cancelled", unless it has a cause already. While another operation runs: ServiceBusy.
   */
  delete(serviceId: string): Promise<Accepted>;
  /** Its tags changed: extensions that need no deployment take effect now. */
  reconsider(serviceId: string): void;
}

export interface Accepted {
  readonly service: Service;
  readonly operationId: string;
}

export interface PossiblyAccepted {
  readonly service: Service;
  readonly operationId: string | null;
}
