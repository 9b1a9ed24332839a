/**
 * Configurations that come in immutable revisions (auto scaling, observability, VPC connectors): one set of rules.
 * A new name starts at 1, the same name again makes the next number. The newest active revision of a name is its latest.
 * A deleted revision stays readable, inactive, until the store prunes it.
 */
import { type AccountScope, type Arn, formatArn } from "../../domain/arn.ts";
import type { Revision } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import { assertBelowQuota } from "../../domain/quota.ts";
import type { Service, ServiceConfiguration } from "../../domain/service.ts";
import type { RevisionTable, Tables } from "../../ports/store.ts";
import type { HandlerContext } from "../handler.ts";
import { notFound, parseResourceArn, type ResourceKind, sentenceCase } from "./resource-kind.ts";

export interface RevisionQuota {
  readonly names: number;
  readonly revisions: number;
  /** Names that do not count, being the account's own. */
  readonly builtInName?: string;
}

/**
 * Finds what an ARN names: `…/name/revision/id` exactly, `…/name/revision`, or `…/name` for its latest revision.
 * The answer may be an inactive revision.
 */
export async function findRevision<Row extends Revision>(
  table: RevisionTable<Row>,
  text: string,
  { kind, scope }: { readonly kind: ResourceKind; readonly scope: AccountScope },
): Promise<Row> {
  const row = await lookUp(table, parseResourceArn(text, kind, scope), text);
  if (row === null) throw notFound(kind, text);
  return row;
}

async function lookUp<Row extends Revision>(
  table: RevisionTable<Row>,
  arn: Arn,
  text: string,
): Promise<Row | null> {
  if (arn.id !== undefined) return table.get(text);
  if (arn.revision !== undefined) return table.getRevision(arn.name, arn.revision);
  return (await table.getLatest(arn.name)) ?? (await table.listRevisions(arn.name)).at(-1) ?? null;
}

/** The same, but a deleted one is refused in App Runner's words. */
export async function findActiveRevision<Row extends Revision>(
  table: RevisionTable<Row>,
  text: string,
  where: { readonly kind: ResourceKind; readonly scope: AccountScope },
): Promise<Row> {
  const row = await findRevision(table, text, where);
  if (!row.isActive) throw new SlipwayError("ConfigurationDeleted", { kind: where.kind.label, arn: row.arn });
  return row;
}

/** The next revision of a name, and the rows that change with it. Call inside a transaction; save what it returns. */
export async function addRevision<Row extends Revision>(
  table: RevisionTable<Row>,
  request: {
    readonly name: string;
    readonly kind: ResourceKind;
    readonly quota: RevisionQuota;
    readonly make: (revision: Revision) => Row;
  },
  { scope, ids, clock }: Pick<HandlerContext, "scope" | "ids" | "clock">,
): Promise<Row> {
  const { name, kind, make } = request;
  const revisions = await table.listRevisions(name);
  await assertRoom(table, revisions, request);
  const number = Math.max(0, ...revisions.map(({ revision }) => revision)) + 1;
  for (const older of revisions.filter(({ isLatest }) => isLatest)) {
    await table.save({ ...older, isLatest: false });
  }
  const row = make({
    arn: formatArn({ ...scope, type: kind.type, name, revision: number, id: ids.hex32() }),
    name,
    revision: number,
    isLatest: true,
    isActive: true,
    createdAtMs: clock.now(),
    deletedAtMs: null,
  });
  await table.save(row);
  return row;
}

async function assertRoom<Row extends Revision>(
  table: RevisionTable<Row>,
  revisions: readonly Row[],
  {
    name,
    kind,
    quota,
  }: { readonly name: string; readonly kind: ResourceKind; readonly quota: RevisionQuota },
): Promise<void> {
  const activeCount = revisions.filter(({ isActive }) => isActive).length;
  if (activeCount > 0) {
    assertBelowQuota(activeCount, quota.revisions, `active revisions of ${kind.label} ${name}`);
    return;
  }
  if (name === quota.builtInName) return;
  const hasBuiltIn = quota.builtInName !== undefined && (await table.getLatest(quota.builtInName)) !== null;
  assertBelowQuota((await table.countNames()) - Number(hasBuiltIn), quota.names, `${kind.label} names`);
}

/** Makes a revision inactive; when it was the latest, the newest active one left becomes the latest. */
export async function deactivateRevision<Row extends Revision>(
  table: RevisionTable<Row>,
  row: Row,
  deletedAtMs: number,
): Promise<Row> {
  const inactive = { ...row, isActive: false, isLatest: false, deletedAtMs };
  await table.save(inactive);
  if (row.isLatest) {
    const rest = (await table.listRevisions(row.name)).filter(({ isActive }) => isActive);
    const newest = rest.toSorted((a, b) => b.revision - a.revision)[0];
    if (newest !== undefined) await table.save({ ...newest, isLatest: true });
  }
  return inactive;
}

/** Refuses to delete what services use, or go back to when their update fails, and names some of them. */
export async function assertUnused(
  kind: ResourceKind,
  arn: string,
  users: readonly Service[],
  tables: Pick<Tables, "operations" | "services">,
): Promise<void> {
  const names = [...new Set([...users, ...(await returningTo(arn, tables))].map(({ name }) => name))];
  if (names.length === 0) return;
  const shown = names.slice(0, 3);
  const more = names.length > shown.length ? ` and others` : "";
  throw new SlipwayError("ResourceInUse", {
    kind: sentenceCase(kind.label),
    arn,
    users: `service ${shown.join(", ")}${more}`,
    remedy: "Update or delete those services first.",
  });
}

async function returningTo(
  arn: string,
  { operations, services }: Pick<Tables, "operations" | "services">,
): Promise<readonly Service[]> {
  const open = await operations.listAllOpen();
  const returning = open.filter(
    ({ previousConfiguration: before }) => before !== null && isNamed(arn, before),
  );
  const found = await Promise.all(returning.map(({ serviceId }) => services.get(serviceId)));
  return found.filter((service) => service !== null);
}

function isNamed(arn: string, configuration: ServiceConfiguration): boolean {
  const { autoScalingConfigurationArn, connectionArn, network, observability } = configuration;
  const named = [
    autoScalingConfigurationArn,
    connectionArn,
    network.vpcConnectorArn,
    observability?.configurationArn,
  ];
  return named.includes(arn);
}
