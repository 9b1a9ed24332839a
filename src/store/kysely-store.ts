/** The port `Store` over any database kysely speaks to; the dialects differ only in how they are opened. */
import type { Store, Tables } from "../ports/store.ts";
import { accessKeyTable } from "./access-key-table.ts";
import { instanceTable } from "./instance-table.ts";
import { journalTable } from "./journal-table.ts";
import { namedTable } from "./named-table.ts";
import { operationTable } from "./operation-table.ts";
import { releaseTable } from "./release-table.ts";
import { revisionTable } from "./revision-table.ts";
import { serviceTable } from "./service-table.ts";
import { ConnectionSession, type ErrorTranslator, type Queries, type Session } from "./session.ts";
import { settingTable } from "./setting-table.ts";
import { tagTable } from "./tag-table.ts";

export interface KyselyStoreParts {
  /** Migrated, and used by nobody else. */
  readonly db: Queries;
  readonly translate: ErrorTranslator;
  /** Runs after the database is closed, even when closing failed. */
  readonly afterClose: () => void;
}

export function createKyselyStore({ db, translate, afterClose }: KyselyStoreParts): Store {
  const connection = new ConnectionSession(db, translate);
  return {
    ...createTables(connection),
    transaction: (work) => connection.transaction((session) => work(createTables(session))),
    close: () => connection.close().finally(afterClose),
  };
}

function createTables(session: Session): Tables {
  return {
    services: serviceTable(session),
    operations: operationTable(session),
    releases: releaseTable(session),
    instances: instanceTable(session),
    journal: journalTable(session),
    tags: tagTable(session),
    autoScalingConfigurations: revisionTable(session, "AutoScalingConfiguration"),
    observabilityConfigurations: revisionTable(session, "ObservabilityConfiguration"),
    vpcConnectors: revisionTable(session, "VpcConnector"),
    connections: namedTable(session, "Connection"),
    vpcIngressConnections: namedTable(session, "VpcIngressConnection"),
    accessKeys: accessKeyTable(session),
    settings: settingTable(session),
  };
}
