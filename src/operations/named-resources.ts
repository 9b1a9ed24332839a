/**
 * What a configuration names was looked up before the transaction that records it, and may have been deleted since. Looked
 * at again inside of it: from then on it is in use and cannot be deleted.
 */
import { SlipwayError } from "../domain/error.ts";
import type { ServiceConfiguration } from "../domain/service.ts";
import type { Tables } from "../ports/store.ts";

interface Named {
  /** As people call it. */
  readonly kind: string;
  readonly arn: (configuration: ServiceConfiguration) => string | undefined;
  /** Connections leave no row behind; the others stay readable, inactive. */
  readonly find: (tx: Tables, arn: string) => Promise<object | null>;
}

const NAMED: readonly Named[] = [
  {
    kind: "auto scaling configuration",
    arn: (configuration) => configuration.autoScalingConfigurationArn,
    find: (tx, arn) => tx.autoScalingConfigurations.get(arn),
  },
  {
    kind: "observability configuration",
    arn: (configuration) => configuration.observability?.configurationArn,
    find: (tx, arn) => tx.observabilityConfigurations.get(arn),
  },
  {
    kind: "VPC connector",
    arn: (configuration) => configuration.network.vpcConnectorArn,
    find: (tx, arn) => tx.vpcConnectors.get(arn),
  },
  {
    kind: "connection",
    arn: (configuration) => configuration.connectionArn,
    find: (tx, arn) => tx.connections.get(arn),
  },
];

/** `present` (null for a new service) is in use already. Throws NoSuchResource, ConfigurationDeleted. */
export async function checkNamedResources(
  tx: Tables,
  wished: ServiceConfiguration,
  present: ServiceConfiguration | null,
): Promise<void> {
  for (const named of NAMED) {
    const arn = named.arn(wished);
    const isInUse = present !== null && named.arn(present) === arn;
    if (arn !== undefined && !isInUse) await check(tx, named, arn);
  }
}

async function check(tx: Tables, { kind, find }: Named, arn: string): Promise<void> {
  const row = await find(tx, arn);
  if (row === null) {
    const atStart = kind.charAt(0).toUpperCase() + kind.slice(1);
    throw new SlipwayError("NoSuchResource", { kind: atStart, arn });
  }
  const isDeleted = "isActive" in row && row.isActive === false;
  if (isDeleted) throw new SlipwayError("ConfigurationDeleted", { kind, arn });
}
