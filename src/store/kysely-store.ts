/** The port `Store` over any database kysely speaks to; the dialects differ only in how they are opened. */
import type { ServiceTable, Store, Tables } from "../ports/store.ts";
import { accessKeyTable } from "./access-key-table.ts";
import { alarmHistoryTable, alarmTable } from "./alarm-table.ts";
import { certificateTable, issuanceTable } from "./certificate-table.ts";
import { customDomainTable } from "./custom-domain-table.ts";
import { eventDeliveryTable } from "./event-delivery-table.ts";
import { eventTable } from "./event-table.ts";
import { instanceTable } from "./instance-table.ts";
import { journalTable } from "./journal-table.ts";
import { NamedVersions, namedTable } from "./named-table.ts";
import { operationTable } from "./operation-table.ts";
import { parameterTable } from "./parameter-table.ts";
import { releaseTable } from "./release-table.ts";
import { revisionTable } from "./revision-table.ts";
import { sealedValueTable } from "./sealed-value-table.ts";
import { secretTable } from "./secret-table.ts";
import { ServiceListing } from "./service-listing.ts";
import { readLiveServices, serviceTable } from "./service-table.ts";
import { type ConnectionParts, ConnectionSession, type Session } from "./session.ts";
import { settingTable } from "./setting-table.ts";
import { sourceWatchTable } from "./source-watch-table.ts";
import { tagTable } from "./tag-table.ts";
import { usageTable } from "./usage-table.ts";

export function createKyselyStore(parts: ConnectionParts): Store {
  const connection = new ConnectionSession(parts);
  const listing = new ServiceListing(readLiveServices);
  const versions = new NamedVersions();
  return {
    ...createTables(connection, tableOfServices(connection, listing), versions),
    transaction: (work) =>
      connection.transaction((session) =>
        work(createTables(session, tableWithin(session, listing), versions)),
      ),
    close: () => connection.close(),
  };
}

function tableOfServices(session: Session, listing: ServiceListing): ServiceTable {
  return serviceTable(session, listing, (id) => listing.saved(id));
}

/** What a transaction sees may never come to be: it has a listing of its own. */
function tableWithin(session: Session, outside: ServiceListing): ServiceTable {
  const own = new ServiceListing(readLiveServices);
  return serviceTable(session, own, (id) => {
    own.saved(id);
    outside.saved(id);
  });
}

function createTables(session: Session, services: ServiceTable, versions: NamedVersions): Tables {
  return {
    services,
    operations: operationTable(session),
    releases: releaseTable(session),
    instances: instanceTable(session),
    journal: journalTable(session),
    tags: tagTable(session),
    autoScalingConfigurations: revisionTable(session, "AutoScalingConfiguration"),
    observabilityConfigurations: revisionTable(session, "ObservabilityConfiguration"),
    vpcConnectors: revisionTable(session, "VpcConnector"),
    connections: namedTable(session, "Connection", versions),
    vpcIngressConnections: namedTable(session, "VpcIngressConnection", versions),
    networks: namedTable(session, "Network", versions),
    accessKeys: accessKeyTable(session),
    encryptionKeys: namedTable(session, "EncryptionKey", versions),
    keyAliases: namedTable(session, "EncryptionKeyAlias", versions),
    settings: settingTable(session),
    sourceWatches: sourceWatchTable(session),
    usage: usageTable(session),
    secrets: secretTable(session),
    parameters: parameterTable(session),
    sealedValues: sealedValueTable(session),
    customDomains: customDomainTable(session),
    certificates: certificateTable(session),
    issuances: issuanceTable(session),
    alarms: alarmTable(session),
    alarmHistory: alarmHistoryTable(session),
    events: eventTable(session),
    users: namedTable(session, "User", versions),
    roles: namedTable(session, "Role", versions),
    managedPolicies: namedTable(session, "Policy", versions),
    sessions: namedTable(session, "Session", versions),
    eventDestinations: namedTable(session, "EventDestination", versions),
    eventDeliveries: eventDeliveryTable(session),
  };
}
