/**
 * A store that tells what was changed in it, after it is on the disk: what a transaction does once it is committed, and what one
 * that fails would have done never. Uses of keys and sessions, settings and sums of usage are not told: they change all the time,
 * and nobody waits for them.
 */
import { parseArn } from "../domain/arn.ts";
import { type CertificateSubject, domainSubject } from "../domain/certificate.ts";
import type { StateChange } from "../ports/state-changes.ts";
import type { CustomDomainTable, IssuanceTable, Store, Tables, TagTable } from "../ports/store.ts";

type Tell = (change: StateChange) => void;

/** `tell` must not throw. */
export function tellingStore(store: Store, tell: Tell): Store {
  return {
    ...tellingTables(store, tell),
    transaction: async (work) => {
      const changes: StateChange[] = [];
      const result = await store.transaction((tx) =>
        work(tellingTables(tx, (change) => void changes.push(change))),
      );
      for (const change of changes) tell(change);
      return result;
    },
    close: () => store.close(),
  };
}

const RESOURCE: StateChange = { kind: "resource" };
const resource = () => RESOURCE;
const event = (): StateChange => ({ kind: "event" });
const alarm = (): StateChange => ({ kind: "alarm" });
const named = { save: resource, remove: resource };

function of(kind: Extract<StateChange, { readonly serviceId: string }>["kind"]) {
  return ({ serviceId }: { readonly serviceId: string }): StateChange => ({ kind, serviceId });
}

function tellingTables(tables: Tables, tell: Tell): Tables {
  return {
    ...tables,
    services: telling(tables.services, tell, { save: ({ id }) => ({ kind: "service", serviceId: id }) }),
    releases: telling(tables.releases, tell, { save: of("release") }),
    operations: telling(tables.operations, tell, { save: of("operation") }),
    instances: telling(tables.instances, tell, { save: of("instance") }),
    sourceWatches: telling(tables.sourceWatches, tell, { save: of("source") }),
    customDomains: tellingDomains(tables.customDomains, tell),
    issuances: tellingIssuances(tables, tell),
    certificates: telling(tables.certificates, tell, named),
    autoScalingConfigurations: telling(tables.autoScalingConfigurations, tell, { save: resource }),
    observabilityConfigurations: telling(tables.observabilityConfigurations, tell, { save: resource }),
    vpcConnectors: telling(tables.vpcConnectors, tell, { save: resource }),
    connections: telling(tables.connections, tell, named),
    vpcIngressConnections: telling(tables.vpcIngressConnections, tell, named),
    networks: telling(tables.networks, tell, named),
    users: telling(tables.users, tell, named),
    roles: telling(tables.roles, tell, named),
    managedPolicies: telling(tables.managedPolicies, tell, named),
    accessKeys: telling(tables.accessKeys, tell, named),
    encryptionKeys: telling(tables.encryptionKeys, tell, named),
    keyAliases: telling(tables.keyAliases, tell, named),
    secrets: telling(tables.secrets, tell, named),
    parameters: telling(tables.parameters, tell, named),
    eventDestinations: telling(tables.eventDestinations, tell, named),
    tags: tellingTags(tables.tags, tell),
    sessions: telling(tables.sessions, tell, { remove: () => ({ kind: "session" }) }),
    alarms: telling(tables.alarms, tell, { save: alarm, remove: alarm }),
    events: telling(tables.events, tell, { append: event, appendOnce: event }),
    eventDeliveries: telling(tables.eventDeliveries, tell, {
      save: event,
      makeDue: event,
      giveUp: event,
      removeAll: event,
    }),
  };
}

type ChangesOf<Table> = {
  readonly [Name in keyof Table]?: Table[Name] extends (...given: infer Given) => Promise<unknown>
    ? (...given: Given) => StateChange
    : never;
};

/** The same table, whose methods of these names tell what they have changed. */
function telling<Table extends object>(table: Table, tell: Tell, changes: ChangesOf<Table>): Table {
  type Method = (...given: unknown[]) => Promise<unknown>;
  const methods = table as Readonly<Record<string, Method>>;
  const told = Object.entries(changes as Readonly<Record<string, (...given: unknown[]) => StateChange>>).map(
    ([name, changeOf]): [string, Method] => [
      name,
      async (...given) => {
        const result = await methods[name]?.(...given);
        tell(changeOf(...given));
        return result;
      },
    ],
  );
  return { ...table, ...Object.fromEntries(told) };
}

/** A service's tags stand in the list of services. */
function tellingTags(table: TagTable, tell: Tell): TagTable {
  const tellOf = (resourceArn: string): void => {
    tell(RESOURCE);
    const arn = parseArn(resourceArn);
    if (arn?.type === "service" && arn.id !== undefined) tell({ kind: "service", serviceId: arn.id });
  };
  return {
    ...table,
    put: async (resourceArn, tags) => {
      await table.put(resourceArn, tags);
      tellOf(resourceArn);
    },
    remove: async (resourceArn, keys) => {
      await table.remove(resourceArn, keys);
      tellOf(resourceArn);
    },
    removeAll: async (resourceArn) => {
      await table.removeAll(resourceArn);
      tellOf(resourceArn);
    },
  };
}

/** Which service a domain was of is known only before it is removed. */
function tellingDomains(table: CustomDomainTable, tell: Tell): CustomDomainTable {
  return {
    ...telling(table, tell, { save: of("domain") }),
    remove: async (name) => {
      const domain = await table.get(name);
      await table.remove(name);
      if (domain !== null) tell({ kind: "domain", serviceId: domain.serviceId });
    },
  };
}

/** How far a certificate is stands beside the domain that it is for. */
function tellingIssuances(
  { issuances, customDomains }: Pick<Tables, "issuances" | "customDomains">,
  tell: Tell,
): IssuanceTable {
  const tellOf = async (subject: CertificateSubject): Promise<void> => {
    tell(RESOURCE);
    const prefix = domainSubject("");
    if (!subject.startsWith(prefix)) return;
    const domain = await customDomains.get(subject.slice(prefix.length));
    if (domain !== null) tell({ kind: "domain", serviceId: domain.serviceId });
  };
  return {
    ...issuances,
    save: async (issuance) => {
      await issuances.save(issuance);
      await tellOf(issuance.subject);
    },
    remove: async (subject) => {
      await issuances.remove(subject);
      await tellOf(subject);
    },
  };
}
