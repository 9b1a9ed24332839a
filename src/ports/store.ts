/**
 * The durable memory: everything that must survive is here or in container labels.
 *
 * One writer process. `transaction` is atomic and durable when it returns (SQLite: WAL, synchronous FULL). Inside it use
 * only the given `tx`: the store itself, a nested transaction and `close` are refused there, for they would wait for
 * themselves. What it sets going (queues, events) must start after it. Never wait for the network in it. A write that was
 * refused inside of it makes the whole fail, caught or not. Implementations: `store/` on SQLite and on PostgreSQL.
 */
import type {
  AutoScalingConfiguration,
  Connection,
  ObservabilityConfiguration,
  VpcConnector,
  VpcIngressConnection,
} from "../domain/configuration.ts";
import type { Certificate, CertificateSubject, Issuance } from "../domain/certificate.ts";
import type { CustomDomain } from "../domain/custom-domain.ts";
import type { AlarmHistoryTable, AlarmTable } from "./alarm-table.ts";
import type { EncryptionKey, KeyAlias } from "../domain/encryption-key.ts";
import type { EventDestination } from "../domain/event-destination.ts";
import type { ManagedPolicy, Role, User } from "../domain/identity.ts";
import type { Instance } from "../domain/instance.ts";
import type { Network } from "../domain/network.ts";
import type { Operation } from "../domain/operation.ts";
import type { Parameter } from "../domain/parameter.ts";
import type { Release } from "../domain/release.ts";
import type { Service, ServiceStatus } from "../domain/service.ts";
import type { SignInSession } from "../domain/sign-in-session.ts";
import type { SourceWatch } from "../domain/source-watch.ts";
import type { Secret } from "../domain/stored-secret.ts";
import type { Tag } from "../domain/tag.ts";
import type { UsageAmounts, UsageHour } from "../domain/usage.ts";
import type { EventDeliveryTable, EventTable } from "./event-tables.ts";
import type { Page, PageRequest } from "./page.ts";

export type { Page, PageRequest } from "./page.ts";

export interface Store extends Tables {
  /** Transactions and single calls run one after the other, in the order of the calls. */
  transaction<Result>(work: (tx: Tables) => Promise<Result>): Promise<Result>;
  /** Does what was asked before, and refuses (StoreUnavailable) what is asked after. */
  close(): Promise<void>;
}

/**
 * The tables, inside or outside of a transaction. `save` inserts or replaces the whole row by its key. What belongs to a
 * service (operations, releases, instances) needs it to be there when the transaction commits.
 */
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
  /** Subnets and security groups. */
  readonly networks: NamedTable<Network>;
  readonly users: NamedTable<User>;
  readonly roles: NamedTable<Role>;
  readonly managedPolicies: NamedTable<ManagedPolicy>;
  /** Of people who signed in to the console. */
  readonly sessions: NamedTable<SignInSession>;
  readonly accessKeys: AccessKeyTable;
  /** Of KMS, without their material. */
  readonly encryptionKeys: NamedTable<EncryptionKey>;
  readonly keyAliases: NamedTable<KeyAlias>;
  /** Small facts of the installation: its id, the pagination key, … */
  readonly settings: SettingTable;
  readonly sourceWatches: SourceWatchTable;
  readonly usage: UsageTable;
  readonly secrets: SecretTable;
  readonly parameters: ParameterTable;
  readonly sealedValues: SealedValueTable;
  readonly customDomains: CustomDomainTable;
  readonly certificates: CertificateTable;
  readonly issuances: IssuanceTable;
  readonly alarms: AlarmTable;
  readonly alarmHistory: AlarmHistoryTable;
  readonly events: EventTable;
  readonly eventDestinations: NamedTable<EventDestination>;
  readonly eventDeliveries: EventDeliveryTable;
}

export interface ServiceTable {
  get(id: string): Promise<Service | null>;
  /** A service that is not deleted. Names are unique among those. */
  findByName(name: string): Promise<Service | null>;
  /** Not deleted ones, newest first. */
  list(page: PageRequest): Promise<Page<Service>>;
  /** Not deleted ones. Asked every few seconds: costs what was saved since then, not what there is. */
  listByStatus(statuses: readonly ServiceStatus[]): Promise<readonly Service[]>;
  /** Those of these that are not deleted, in no order. */
  listByIds(ids: readonly string[]): Promise<readonly Service[]>;
  /** What lists show beside each of these, in their order; read at once for all of them. */
  details(services: readonly Service[]): Promise<readonly ServiceDetails[]>;
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
  /** Throws ServiceNameTaken when another service that is not deleted bears the name. */
  save(service: Service): Promise<void>;
  /** The two lowest slot numbers no service owns. */
  freeSlots(): Promise<{ readonly blue: number; readonly green: number }>;
  /** The highest slot number in use, or -1. */
  highestSlot(): Promise<number>;
}

export interface ServiceDetails {
  readonly service: Service;
  /** The one in traffic. */
  readonly release: Release | null;
  /** Not stopped ones, failed ones too, oldest first. */
  readonly instances: readonly Instance[];
  /** The newest, ended or not. */
  readonly lastOperation: Operation | null;
  /** By key. */
  readonly tags: readonly Tag[];
}

export interface OperationTable {
  get(serviceId: string, id: string): Promise<Operation | null>;
  /** The operation of this service that has not ended; at most one, but for a delete that overtakes another. */
  listOpen(serviceId: string): Promise<readonly Operation[]>;
  /** By service, oldest first within it. */
  listAllOpen(): Promise<readonly Operation[]>;
  /** Newest first. */
  list(serviceId: string, page: PageRequest): Promise<Page<Operation>>;
  /** Throws IllegalTransition when the stored one has ended and differs. */
  save(operation: Operation): Promise<void>;
}

export interface ReleaseTable {
  get(serviceId: string, number: number): Promise<Release | null>;
  /** Newest first. */
  list(serviceId: string, page: PageRequest): Promise<Page<Release>>;
  nextNumber(serviceId: string): Promise<number>;
  save(release: Release): Promise<void>;
  /**
   * All releases whose images must be kept: of services that are not deleted the active one and the newest `keep`, and
   * those that open operations made or name. By service and number.
   */
  listRetained(keep: number): Promise<readonly Release[]>;
}

export interface InstanceTable {
  get(id: string): Promise<Instance | null>;
  /** Not stopped ones of a service, failed ones too, oldest first. */
  listLive(serviceId: string): Promise<readonly Instance[]>;
  listAllLive(): Promise<readonly Instance[]>;
  /** All, newest first. */
  list(serviceId: string, page: PageRequest): Promise<Page<Instance>>;
  save(instance: Instance): Promise<void>;
  /** Forgets instances that stopped before this, but never the newest `keep` stopped ones of a service. */
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
  /** Throws IllegalTransition when there is no such entry or it has ended before. */
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
  /** Forgets entries that began before this, but never open ones. `othersBeforeMs`: those of no operation. */
  prune(limits: { readonly ofOperationsBeforeMs: number; readonly othersBeforeMs: number }): Promise<void>;
}

export interface TagTable {
  /** By key. */
  list(resourceArn: string): Promise<readonly Tag[]>;
  /** Of some hundreds of resources at once, by ARN; without those that have none. */
  listOf(resourceArns: readonly string[]): Promise<ReadonlyMap<string, readonly Tag[]>>;
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
  /** Throws ResourceNameTaken when another ARN bears this name and revision. `isLatest` is kept as given. */
  save(row: Row): Promise<void>;
  /** Forgets revisions deleted before this time. */
  prune(deletedBeforeMs: number): Promise<void>;
}

export interface NamedTable<Row> {
  get(arn: string): Promise<Row | null>;
  /** One that is not deleted. */
  findByName(name: string): Promise<Row | null>;
  /** Whether one that is not deleted bears the name, in whatever case its letters (a to z) are; another than this ARN's. */
  isNameTaken(name: string, exceptArn: string | null): Promise<boolean>;
  /** Not deleted ones, in order of name. */
  list(page: PageRequest): Promise<Page<Row>>;
  count(): Promise<number>;
  /** Throws ResourceNameTaken when another one that is not deleted bears the name. */
  save(row: Row): Promise<void>;
  remove(arn: string): Promise<void>;
  /** Grows with each save and removal, from the call on; costs nothing. What was read after asking is true while it stays. */
  version(): number;
}

export interface AccessKey {
  /** AKIA… */
  readonly id: string;
  /** Sealed by the vault for `accessKeyPurpose(id)`: SigV4 needs the secret itself. */
  readonly sealedSecret: string;
  /** ARN of who signs with it: the root principal or a user. */
  readonly principalArn: string;
  readonly createdAtMs: number;
  readonly isActive: boolean;
  /** Of the last minutes it may know nothing yet. */
  readonly lastUsed: AccessKeyUse | null;
}

export interface AccessKeyUse {
  readonly atMs: number;
  /** As it was signed for, for example `apprunner`. */
  readonly service: string;
  readonly region: string;
}

export interface AccessKeyTable {
  get(id: string): Promise<AccessKey | null>;
  /** Oldest first. */
  list(): Promise<readonly AccessKey[]>;
  /** Oldest first. */
  listOf(principalArn: string): Promise<readonly AccessKey[]>;
  save(key: AccessKey): Promise<void>;
  /** Of a key that is gone it does nothing. */
  noteUse(id: string, use: AccessKeyUse): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface SettingTable {
  get(name: string): Promise<string | null>;
  put(name: string, value: string): Promise<void>;
}

export interface SourceWatchTable {
  get(serviceId: string): Promise<SourceWatch | null>;
  /** The service must be there when the transaction commits. */
  save(watch: SourceWatch): Promise<void>;
  remove(serviceId: string): Promise<void>;
}

/** Secrets without their values. */
export interface SecretTable {
  get(arn: string): Promise<Secret | null>;
  findByName(name: string): Promise<Secret | null>;
  /** In order of name. */
  list(page: PageRequest): Promise<Page<Secret>>;
  /** Those whose deletion is due. */
  listDeletable(nowMs: number): Promise<readonly Secret[]>;
  count(): Promise<number>;
  /** Throws SecretExists when another one bears the name. */
  save(secret: Secret): Promise<void>;
  remove(arn: string): Promise<void>;
}

/** Parameters without their values. */
export interface ParameterTable {
  get(name: string): Promise<Parameter | null>;
  /** Those whose names begin with the prefix, in order of name. */
  list(prefix: string, page: PageRequest): Promise<Page<Parameter>>;
  count(): Promise<number>;
  save(parameter: Parameter): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Values as the vault sealed them. The owner is the ARN of a secret or of a key, or the name of a parameter. */
export interface SealedValueTable {
  get(owner: string, version: string): Promise<string | null>;
  /** All that have a value of this version. Looks at every row: not for calls. */
  ownersOf(version: string): Promise<readonly string[]>;
  save(owner: string, version: string, sealed: string): Promise<void>;
  remove(owner: string, versions: readonly string[]): Promise<void>;
  removeAll(owner: string): Promise<void>;
}

/** What services used. Deleted services' records stay. */
export interface UsageTable {
  /** Adds to what is there, in one transaction. */
  add(hours: readonly UsageHour[]): Promise<void>;
  /** Over all services, or the one: oldest first; without those in which there was nothing. */
  sumByPeriod(query: UsageQuery): Promise<readonly UsagePeriod[]>;
  /** Over the whole time: by id; without those that used nothing. */
  sumByService(query: UsageQuery): Promise<readonly ServiceUsage[]>;
  /** Forgets hours and days that began before these times. Days outlive their hours. */
  prune(before: { readonly hoursBeforeMs: number; readonly daysBeforeMs: number }): Promise<void>;
}

/** Periods (of UTC) that began from `fromMs` on and before `toMs`. */
export interface UsageQuery {
  readonly granularity: "HOUR" | "DAY";
  readonly fromMs: number;
  readonly toMs: number;
  readonly serviceId?: string;
}

export interface UsagePeriod extends UsageAmounts {
  readonly startMs: number;
}

export interface ServiceUsage extends UsageAmounts {
  readonly serviceId: string;
}

export interface CustomDomainTable {
  get(name: string): Promise<CustomDomain | null>;
  /** The one that stands for this very name: its own, or its `www`. */
  findByName(name: string): Promise<CustomDomain | null>;
  /** In order of name. */
  list(serviceId: string, page: PageRequest): Promise<Page<CustomDomain>>;
  listAll(): Promise<readonly CustomDomain[]>;
  count(serviceId: string): Promise<number>;
  /** Throws DomainTaken when another row stands for one of its names. */
  save(domain: CustomDomain): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Keys are sealed. */
export interface CertificateTable {
  get(id: string): Promise<Certificate | null>;
  /** The newest first. */
  listAll(): Promise<readonly Certificate[]>;
  save(certificate: Certificate): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface IssuanceTable {
  get(subject: CertificateSubject): Promise<Issuance | null>;
  listAll(): Promise<readonly Issuance[]>;
  save(issuance: Issuance): Promise<void>;
  remove(subject: CertificateSubject): Promise<void>;
}
