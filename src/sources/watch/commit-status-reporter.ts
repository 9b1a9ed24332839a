/**
 * Tells Git hosts how the deployment of a commit goes, where the connection of a service allows it. Best effort: nobody
 * waits for it, and what cannot be told after some tries is left.
 */
import { isFinished, type Operation } from "../../domain/operation.ts";
import type { CodeSource } from "../../domain/code-source.ts";
import type { Service } from "../../domain/service.ts";
import type { CommitState, ReportedStatus } from "../../domain/source-watch.ts";
import type { Store } from "../../ports/store.ts";
import type { ConnectionCredentials } from "../connections/connection-credentials.ts";
import type { ProviderApiClient } from "../connections/provider-api-client.ts";
import { statusCall } from "./commit-status.ts";
import type { WatchRecords } from "./watch-records.ts";

const TRIES = 3;
const OPERATIONS_READ = 5;

export interface CommitStatusParts {
  readonly store: Pick<Store, "operations">;
  readonly records: WatchRecords;
  readonly credentials: Pick<ConnectionCredentials, "apiAccess">;
  readonly api: ProviderApiClient;
  readonly targetUrl: (service: Service) => string;
  /** A status that could not be told. */
  readonly report: (event: string, details: Readonly<Record<string, string>>) => void;
  readonly end: AbortSignal;
}

export class CommitStatusReporter {
  readonly #parts: CommitStatusParts;
  readonly #telling = new Map<string, Promise<void>>();
  /** Service → its change when all was told: nothing is read again before the next change. */
  readonly #done = new Map<string, number>();
  /** What was tried without success, and how often. */
  readonly #failures = new Map<string, number>();

  constructor(parts: CommitStatusParts) {
    this.#parts = parts;
  }

  /** Tells what is new about a service. Returns at once. */
  look(service: Service): void {
    const { source, connectionArn } = service.configuration;
    if (source.kind !== "code" || connectionArn === undefined || this.#parts.end.aborted) return;
    if (this.#telling.has(service.id) || this.#done.get(service.id) === service.updatedAtMs) return;
    const telling = this.#tell(service, source, connectionArn)
      .catch((error: unknown) => this.#report(service, error))
      .finally(() => this.#telling.delete(service.id));
    this.#telling.set(service.id, telling);
  }

  /** Resolves when nothing is being told. */
  async idle(): Promise<void> {
    await Promise.all(this.#telling.values());
  }

  async #tell(service: Service, source: CodeSource, connectionArn: string): Promise<void> {
    const watch = await this.#parts.records.ensure(service.id);
    for (const operation of await this.#untold(service, watch.reported)) {
      const reported = { operationId: operation.id, state: stateOf(operation) };
      const isSettled = await this.#tellOne({ service, source, connectionArn, operation });
      if (!isSettled) return;
      await this.#parts.records.change(service.id, (present) => ({ ...present, reported }));
    }
    if (service.status !== "OPERATION_IN_PROGRESS") this.#done.set(service.id, service.updatedAtMs);
  }

  /** The newest deployment, and before it the one that was told to be pending. */
  async #untold(
    { id }: Service,
    reported: ReportedStatus | undefined,
  ): Promise<readonly OperationOfCommit[]> {
    const { rows } = await this.#parts.store.operations.list(id, { after: null, limit: OPERATIONS_READ });
    const newest = rows.find((row) => row.checkout !== undefined);
    const before =
      reported?.state === "pending" && reported.operationId !== newest?.id
        ? await this.#parts.store.operations.get(id, reported.operationId)
        : null;
    const isTold = newest?.id === reported?.operationId && stateOfOptional(newest) === reported?.state;
    return [before, isTold ? null : newest]
      .filter((row) => row !== null && row !== undefined)
      .filter(hasCommit);
  }

  /** True when there is nothing left to try. */
  async #tellOne(deployment: Deployment): Promise<boolean> {
    const key = `${deployment.operation.id} ${stateOf(deployment.operation)}`;
    try {
      await this.#send(deployment);
    } catch (error) {
      if (this.#parts.end.aborted) return false;
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      if (failures < TRIES) return false;
      this.#report(deployment.service, error);
    }
    this.#failures.delete(key);
    return true;
  }

  async #send({ service, source, connectionArn, operation }: Deployment): Promise<void> {
    const { credentials, api, targetUrl, end } = this.#parts;
    const access = await credentials.apiAccess(connectionArn, end);
    if (access === null) return;
    const state = stateOf(operation);
    const call = statusCall(access, {
      repositoryUrl: source.repositoryUrl,
      commitId: operation.checkout.commit.id,
      state,
      serviceName: service.name,
      description: describe(operation, state),
      targetUrl: targetUrl(service),
    });
    if (call !== null) await api.call(call, end);
  }

  #report({ id }: Service, error: unknown): void {
    if (this.#parts.end.aborted) return;
    const problem = error instanceof Error ? error.message : String(error);
    this.#parts.report("commit-status-not-told", { serviceId: id, problem });
  }
}

type OperationOfCommit = Operation & Required<Pick<Operation, "checkout">>;

interface Deployment {
  readonly service: Service;
  readonly source: CodeSource;
  readonly connectionArn: string;
  readonly operation: OperationOfCommit;
}

function hasCommit(operation: Operation): operation is OperationOfCommit {
  return operation.checkout !== undefined;
}

function stateOf(operation: Operation): CommitState {
  if (!isFinished(operation)) return "pending";
  return operation.status === "SUCCEEDED" ? "success" : "failure";
}

function stateOfOptional(operation: Operation | undefined): CommitState | undefined {
  return operation === undefined ? undefined : stateOf(operation);
}

function describe({ cause }: Operation, state: CommitState): string {
  if (state === "pending") return "Building and deploying";
  return state === "success" ? "Deployed" : (cause?.message ?? "The deployment failed");
}
