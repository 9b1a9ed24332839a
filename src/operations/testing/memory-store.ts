/** The tables the engine uses, in memory: rows are values, a transaction that throws leaves nothing. */
import { isFinished, type Operation } from "../../domain/operation.ts";
import type { EncryptionKey } from "../../domain/encryption-key.ts";
import type { NewEvent } from "../../domain/event.ts";
import type { Instance } from "../../domain/instance.ts";
import type { Release } from "../../domain/release.ts";
import type { Service } from "../../domain/service.ts";
import type { UsageHour } from "../../domain/usage.ts";
import type { Tag } from "../../domain/tag.ts";
import type { EventDeliveryTable, EventTable } from "../../ports/event-tables.ts";
import type {
  CertificateTable,
  CustomDomainTable,
  InstanceTable,
  IssuanceTable,
  JournalEntry,
  JournalTable,
  OperationTable,
  ReleaseTable,
  ServiceTable,
  SourceWatchTable,
  Store,
  Tables,
  TagTable,
  UsageTable,
} from "../../ports/store.ts";
import { SerialQueue } from "../serial-queue.ts";

interface Rows {
  services: Map<string, Service>;
  operations: Map<string, Operation>;
  releases: Map<string, Release>;
  instances: Map<string, Instance>;
  tags: Map<string, readonly Tag[]>;
  journal: JournalEntry[];
  events: NewEvent[];
}

const LIVE = (service: Service) => service.status !== "DELETED";

export class MemoryStore implements Store {
  rows: Rows = {
    services: new Map(),
    operations: new Map(),
    releases: new Map(),
    instances: new Map(),
    tags: new Map(),
    journal: [],
    events: [],
  };
  /** As many instances as this one of the default configuration; tests of scale change it. */
  scale = { minSize: 1, maxSize: 25, maxConcurrency: 100 };
  /** Of KMS, by ARN. */
  readonly keys = new Map<string, EncryptionKey>();
  readonly #queue = new SerialQueue();

  async transaction<Result>(work: (tx: Tables) => Promise<Result>): Promise<Result> {
    return this.#queue.run("write", async () => {
      const before = copyOf(this.rows);
      try {
        return await work(this);
      } catch (error) {
        this.rows = before;
        throw error;
      }
    });
  }

  async close(): Promise<void> {}

  readonly services = {
    get: async (id) => this.rows.services.get(id) ?? null,
    findByName: async (name) => this.#live().find((row) => row.name === name) ?? null,
    listByStatus: async (statuses) =>
      [...this.rows.services.values()].filter((row) => statuses.includes(row.status)),
    listLiveIds: async () => this.#live().map((row) => row.id),
    count: async () => this.#live().length,
    save: async (row) => void this.rows.services.set(row.id, row),
    freeSlots: async () => {
      const used = new Set(this.#slots());
      const [blue = 0, green = 1] = Array.from({ length: used.size + 2 }, (_, index) => index).filter(
        (slot) => !used.has(slot),
      );
      return { blue, green };
    },
    highestSlot: async () => Math.max(-1, ...this.#slots()),
  } satisfies Partial<ServiceTable> as unknown as ServiceTable;

  readonly operations = {
    get: async (serviceId, id) => {
      const row = this.rows.operations.get(id);
      return row?.serviceId === serviceId ? row : null;
    },
    listOpen: async (serviceId) =>
      [...this.rows.operations.values()].filter((row) => row.serviceId === serviceId && !isFinished(row)),
    listAllOpen: async () => [...this.rows.operations.values()].filter((row) => !isFinished(row)),
    list: async (serviceId, { limit }) => ({
      rows: [...this.rows.operations.values()]
        .filter((row) => row.serviceId === serviceId)
        .toReversed()
        .slice(0, limit),
      lastKey: null,
    }),
    save: async (row) => {
      const present = this.rows.operations.get(row.id);
      if (present !== undefined && isFinished(present)) throw new Error("invariant 5: it had finished");
      this.rows.operations.set(row.id, row);
    },
  } satisfies Partial<OperationTable> as unknown as OperationTable;

  readonly releases = {
    get: async (serviceId, number) => this.rows.releases.get(`${serviceId}-${number}`) ?? null,
    list: async (serviceId, { limit }) => ({
      rows: [...this.rows.releases.values()]
        .filter((row) => row.serviceId === serviceId)
        .toReversed()
        .slice(0, limit),
      lastKey: null,
    }),
    nextNumber: async (serviceId) =>
      1 + [...this.rows.releases.values()].filter((row) => row.serviceId === serviceId).length,
    save: async (row) => void this.rows.releases.set(`${row.serviceId}-${row.number}`, row),
    listRetained: async () => [...this.rows.releases.values()],
  } satisfies Partial<ReleaseTable> as unknown as ReleaseTable;

  readonly instances = {
    get: async (id) => this.rows.instances.get(id) ?? null,
    listLive: async (serviceId) => this.#liveInstances().filter((row) => row.serviceId === serviceId),
    listAllLive: async () => this.#liveInstances(),
    list: async (serviceId, { limit }) => ({
      rows: [...this.rows.instances.values()]
        .filter((row) => row.serviceId === serviceId)
        .toReversed()
        .slice(0, limit),
      lastKey: null,
    }),
    save: async (row) => void this.rows.instances.set(row.id, row),
    prune: async () => undefined,
  } satisfies InstanceTable;

  readonly journal = {
    begin: async (entry) => {
      const sequence = this.rows.journal.length + 1;
      this.rows.journal.push({ ...entry, sequence, status: "started", error: null, endedAtMs: null });
      return sequence;
    },
    end: async (sequence, outcome) => {
      const entry = this.rows.journal[sequence - 1];
      if (entry !== undefined) this.rows.journal[sequence - 1] = { ...entry, ...outcome };
    },
    listStarted: async () => this.rows.journal.filter((entry) => entry.status === "started"),
    listForOperation: async (id) => this.rows.journal.filter((entry) => entry.operationId === id),
    prune: async () => undefined,
  } satisfies JournalTable;

  readonly tags = {
    list: async (arn) => this.rows.tags.get(arn) ?? [],
    listOf: async (arns) => new Map([...this.rows.tags].filter(([arn]) => arns.includes(arn))),
    put: async (arn, tags) => void this.rows.tags.set(arn, tags),
    removeAll: async (arn) => void this.rows.tags.delete(arn),
  } satisfies Partial<TagTable> as unknown as TagTable;

  readonly autoScalingConfigurations = {
    get: async () => ({ ...this.scale, isActive: true }),
  } as unknown as Tables["autoScalingConfigurations"];

  declare readonly observabilityConfigurations: Tables["observabilityConfigurations"];
  declare readonly vpcConnectors: Tables["vpcConnectors"];
  declare readonly connections: Tables["connections"];
  declare readonly vpcIngressConnections: Tables["vpcIngressConnections"];
  declare readonly networks: Tables["networks"];
  declare readonly users: Tables["users"];
  declare readonly roles: Tables["roles"];
  declare readonly managedPolicies: Tables["managedPolicies"];
  declare readonly sessions: Tables["sessions"];
  declare readonly accessKeys: Tables["accessKeys"];
  declare readonly settings: Tables["settings"];
  declare readonly secrets: Tables["secrets"];
  declare readonly parameters: Tables["parameters"];
  declare readonly sealedValues: Tables["sealedValues"];
  readonly encryptionKeys = {
    get: async (arn) => this.keys.get(arn) ?? null,
  } satisfies Partial<Tables["encryptionKeys"]> as unknown as Tables["encryptionKeys"];
  declare readonly keyAliases: Tables["keyAliases"];
  /** Ids of services whose watch was removed. */
  readonly forgottenWatches: string[] = [];
  readonly sourceWatches = {
    remove: async (id) => void this.forgottenWatches.push(id),
  } satisfies Partial<SourceWatchTable> as unknown as SourceWatchTable;

  readonly events = {
    append: async (event) => void this.rows.events.push(event),
    prune: async () => undefined,
  } satisfies Partial<EventTable> as unknown as EventTable;

  /** The engine asks nothing of these. */
  declare readonly alarms: Tables["alarms"];
  declare readonly alarmHistory: Tables["alarmHistory"];
  readonly eventDestinations = {
    list: async () => ({ rows: [], lastKey: null }),
  } as unknown as Tables["eventDestinations"];
  readonly eventDeliveries = {} as unknown as EventDeliveryTable;
  readonly customDomains = {} as unknown as CustomDomainTable;
  readonly certificates = {} as unknown as CertificateTable;
  readonly issuances = {} as unknown as IssuanceTable;

  /** What was added to usage. */
  readonly usageHours: UsageHour[] = [];
  readonly usage = {
    add: async (hours) => void this.usageHours.push(...hours),
    prune: async () => undefined,
  } satisfies Partial<UsageTable> as unknown as UsageTable;

  #live(): readonly Service[] {
    return [...this.rows.services.values()].filter(LIVE);
  }

  #liveInstances(): readonly Instance[] {
    return [...this.rows.instances.values()].filter((row) => row.state !== "stopped");
  }

  #slots(): readonly number[] {
    return this.#live().flatMap(({ slots }) => (slots === null ? [] : [slots.blue, slots.green]));
  }
}

function copyOf(rows: Rows): Rows {
  return {
    services: new Map(rows.services),
    operations: new Map(rows.operations),
    releases: new Map(rows.releases),
    instances: new Map(rows.instances),
    tags: new Map(rows.tags),
    journal: [...rows.journal],
    events: [...rows.events],
  };
}
