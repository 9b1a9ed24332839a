/**
 * The durable memory: everything that must survive is here or in container labels.
 *
 * One writer process. `transaction` is atomic and durable when it returns (SQLite: WAL, synchronous FULL). Inside it use
 * only the given `tx`; never wait for the network in it. Implementations: `store/` on SQLite and on PostgreSQL.
 */
import type {
  AutoScalingConfiguration,
  Connection,
  ObservabilityConfiguration,
  VpcConnector,
  VpcIngressConnection,
} from "../domain/configuration.ts";
import type { Instance } from "../domain/instance.ts";
import type { Operation } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import type { Service, ServiceStatus } from "../domain/service.ts";
import type { Tag } from "../domain/tag.ts";

export interface Store extends Tables {
  transaction<Result>(work: (tx: Tables) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** The tables, inside or outside of a transaction. `save` inserts or replaces the whole row by its key. */
export interface Tables {
  readonly services: ServiceTable;
  readonly operations: OperationTable;
  readonly releases: ReleaseTable;
  readonly instances: InstanceTable;
  readonly journal: JournalTable;
  readonly tags: TagTable;
  readonly autoScalingConfigurations: RevisionTable<AutoScalingConfiguration>;
  readonly observabilityConfigurations: RevisionTable<ObservabilityConfiguration>;
  readonly vpcConnectors: RevisionTable<VpcConnector>;
  readonly connections: NamedTable<Connection>;
  readonly vpcIngressConnections: NamedTable<VpcIngressConnection>;
  readonly accessKeys: AccessKeyTable;
  /** Small facts of the installation: its id, the pagination key, … */
  readonly settings: SettingTable;
}

/** Lists are ordered and resumed by key, so that a page costs what it holds. */
export interface PageRequest {
  /** The `lastKey` of the page before; null for the first. */
  readonly after: string | null;
  readonly limit: number;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Null when this was the last page. */
  readonly lastKey: string | null;
}

export interface ServiceTable {
  get(id: string): Promise<Service | null>;
  /** A service that is not deleted. Names are unique among those. */
  findByName(name: string): Promise<Service | null>;
  /** Not deleted ones, newest first. */
  list(page: PageRequest): Promise<Page<Service>>;
  listByStatus(statuses: readonly ServiceStatus[]): Promise<readonly Service[]>;
  /** Ids of all services that are not deleted. */
  listLiveIds(): Promise<readonly string[]>;
  listUsingAutoScaling(configurationArn: string, page: PageRequest): Promise<Page<Service>>;
  /** Services (not deleted) whose configuration names this connection, connector or observability configuration. */
  listUsing(
    kind: "connection" | "vpcConnector" | "observabilityConfiguration",
    arn: string,
  ): Promise<readonly Service[]>;
  /** CREATE_FAILED ones count, deleted ones do not. */
  count(): Promise<number>;
  save(service: Service): Promise<void>;
  /** The two lowest slot numbers no service owns. */
  freeSlots(): Promise<{ readonly blue: number; readonly green: number }>;
  /** The highest slot number in use, or -1. */
  highestSlot(): Promise<number>;
}

export interface OperationTable {
  get(serviceId: string, id: string): Promise<Operation | null>;
  /** The operation of this service that has not ended; at most one, but for a delete that overtakes another. */
  listOpen(serviceId: string): Promise<readonly Operation[]>;
  listAllOpen(): Promise<readonly Operation[]>;
  /** Newest first. */
  list(serviceId: string, page: PageRequest): Promise<Page<Operation>>;
  save(operation: Operation): Promise<void>;
}

export interface ReleaseTable {
  get(serviceId: string, number: number): Promise<Release | null>;
  /** Newest first. */
  list(serviceId: string, page: PageRequest): Promise<Page<Release>>;
  nextNumber(serviceId: string): Promise<number>;
  save(release: Release): Promise<void>;
  /** All releases whose images must be kept: active ones, those of open operations, and the newest `keep` per service. */
  listRetained(keep: number): Promise<readonly Release[]>;
}

export interface InstanceTable {
  get(id: string): Promise<Instance | null>;
  /** Not stopped ones of a service. */
  listLive(serviceId: string): Promise<readonly Instance[]>;
  listAllLive(): Promise<readonly Instance[]>;
  /** All, newest first. */
  list(serviceId: string, page: PageRequest): Promise<Page<Instance>>;
  save(instance: Instance): Promise<void>;
  /** Forgets stopped instances older than this, but never the newest `keep` of a service. */
  prune(olderThanMs: number, keep: number): Promise<void>;
}

/** One step of an operation or of the reconciler: written before it runs, and again when it ended. */
export interface JournalEntry {
  /** Grows by one with each entry. */
  readonly sequence: number;
  readonly serviceId: string;
  readonly operationId: string | null;
  readonly step: string;
  /** The step as data: enough to run it again. */
  readonly argumentsJson: string;
  readonly status: "started" | "done" | "failed";
  readonly error: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

export interface JournalTable {
  /** Returns the new entry's sequence. */
  begin(entry: Omit<JournalEntry, "sequence" | "status" | "error" | "endedAtMs">): Promise<number>;
  end(
    sequence: number,
    outcome: {
      readonly status: "done" | "failed";
      readonly error: string | null;
      readonly endedAtMs: number;
    },
  ): Promise<void>;
  /** Entries a crash left open. */
  listStarted(): Promise<readonly JournalEntry[]>;
  listForOperation(operationId: string): Promise<readonly JournalEntry[]>;
  prune(olderThanMs: number): Promise<void>;
}

export interface TagTable {
  list(resourceArn: string): Promise<readonly Tag[]>;
  /** Adds and overwrites. */
  put(resourceArn: string, tags: readonly Tag[]): Promise<void>;
  remove(resourceArn: string, keys: readonly string[]): Promise<void>;
  removeAll(resourceArn: string): Promise<void>;
}

export interface RevisionTable<Row> {
  get(arn: string): Promise<Row | null>;
  getRevision(name: string, revision: number): Promise<Row | null>;
  /** The newest active revision of a name. */
  getLatest(name: string): Promise<Row | null>;
  /** All revisions of a name, deleted ones too, oldest first. */
  listRevisions(name: string): Promise<readonly Row[]>;
  /** Active ones in order of name and revision. */
  list(
    filter: { readonly name?: string; readonly latestOnly: boolean },
    page: PageRequest,
  ): Promise<Page<Row>>;
  /** Number of names that have an active revision. */
  countNames(): Promise<number>;
  save(row: Row): Promise<void>;
  /** Forgets revisions deleted before this time. */
  prune(deletedBeforeMs: number): Promise<void>;
}

export interface NamedTable<Row> {
  get(arn: string): Promise<Row | null>;
  /** One that is not deleted. */
  findByName(name: string): Promise<Row | null>;
  /** Not deleted ones, in order of name. */
  list(page: PageRequest): Promise<Page<Row>>;
  count(): Promise<number>;
  save(row: Row): Promise<void>;
  remove(arn: string): Promise<void>;
}

export interface AccessKey {
  readonly id: string;
  /** SigV4 needs the secret itself; the state directory is 0700 and the vault will wrap it. */
  readonly secret: string;
  /** ARN of who signs with it. */
  readonly principalArn: string;
  readonly createdAtMs: number;
}

export interface AccessKeyTable {
  get(id: string): Promise<AccessKey | null>;
  list(): Promise<readonly AccessKey[]>;
  save(key: AccessKey): Promise<void>;
}

export interface SettingTable {
  get(name: string): Promise<string | null>;
  put(name: string, value: string): Promise<void>;
}
