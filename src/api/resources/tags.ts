/**
 * Tags: at most fifty per resource, each key once. On a service `slipway:` tags are extensions and must be valid; on
 * anything else they would have no effect and are refused.
 */
import type * as Wire from "../../contract/index.ts";
import { type AccountScope, parseArn, type ResourceType } from "../../domain/arn.ts";
import type { Revision } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import { parseExtensions, refuseMistakes } from "../../domain/extension.ts";
import type { Quotas } from "../../domain/quota.ts";
import type { Tag } from "../../domain/tag.ts";
import type { ServiceCommands } from "../../ports/service-commands.ts";
import type { RevisionTable, Tables } from "../../ports/store.ts";
import { findConnection } from "./connection.ts";
import {
  autoScalingKind,
  notFound,
  observabilityKind,
  type ResourceKind,
  vpcConnectorKind,
  vpcIngressKind,
} from "./resource-kind.ts";
import { findRevision } from "./revision.ts";
import { findLiveService } from "./service-lookup.ts";
import { findVpcIngress } from "./vpc-ingress.ts";

const EXTENSION_PREFIX = "slipway:";

/** The tags of a request; absent members count as empty. */
export function tagsFromWire(given: readonly Wire.Tag[] | undefined): readonly Tag[] {
  return (given ?? []).map(({ Key, Value }, index) => {
    if (Key === undefined) throw invalid(`Tags[${index}].Key`, "is required");
    return { key: Key, value: Value ?? "" };
  });
}

export function toWireTag({ key, value }: Tag): Wire.Tag {
  return { Key: key, Value: value };
}

/** `present` are the tags the resource has already; a new value for a present key is not one more. */
export function assertTags(given: readonly Tag[], { present, kind, quotas }: TagRules): void {
  const keys = new Set(given.map(({ key }) => key));
  if (keys.size < given.length) throw invalid("Tags", "holds the same key twice");
  const kept = present.filter(({ key }) => !keys.has(key));
  if (kept.length + given.length > quotas.tagsPerResource) {
    throw invalid("Tags", `a resource has at most ${quotas.tagsPerResource} tags`);
  }
  if (kind !== "service") return refuseExtensions(given);
  parseExtensions([...kept, ...given]);
  refuseMistakes(given);
}

interface TagRules {
  readonly present: readonly Tag[];
  readonly kind: ResourceType;
  readonly quotas: Quotas;
}

function refuseExtensions(tags: readonly Tag[]): void {
  if (tags.every(({ key }) => !key.startsWith(EXTENSION_PREFIX))) return;
  throw invalid(
    "Tags",
    `keys that start with ${EXTENSION_PREFIX} are extensions of services; this is no service`,
  );
}

/** Saves the tags of a resource that was just made. */
export async function putNewTags(resourceArn: string, tags: readonly Tag[], tables: Tables): Promise<void> {
  if (tags.length > 0) await tables.tags.put(resourceArn, tags);
}

/** What a tag call names, with its full ARN; it must exist and not be deleted. Call inside a transaction. */
export async function findTaggable(text: string, tables: Tables, scope: AccountScope): Promise<Taggable> {
  const type = parseArn(text)?.type;
  if (type === undefined) throw new SlipwayError("NoSuchResource", { kind: "Resource", arn: text });
  const { arn } = await finders[type](text, tables, scope);
  return { arn, kind: type };
}

interface Taggable {
  readonly arn: string;
  readonly kind: ResourceType;
}

/** Extensions of a service may have changed. Call after the transaction. */
export function reconsider({ arn, kind }: Taggable, commands: Pick<ServiceCommands, "reconsider">): void {
  const id = parseArn(arn)?.id;
  if (kind === "service" && id !== undefined) commands.reconsider(id);
}

type Find = (text: string, tables: Tables, scope: AccountScope) => Promise<{ readonly arn: string }>;

const finders: Readonly<Record<ResourceType, Find>> = {
  service: (text, store, scope) => findLiveService(text, { store, scope }),
  connection: findConnection,
  autoscalingconfiguration: (text, tables, scope) =>
    findActive(tables.autoScalingConfigurations, text, { kind: autoScalingKind, scope }),
  observabilityconfiguration: (text, tables, scope) =>
    findActive(tables.observabilityConfigurations, text, { kind: observabilityKind, scope }),
  vpcconnector: (text, tables, scope) =>
    findActive(tables.vpcConnectors, text, { kind: vpcConnectorKind, scope }),
  vpcingressconnection: async (text, tables, scope) => {
    const row = await findVpcIngress(text, tables, scope);
    if (row.status === "DELETED") throw notFound(vpcIngressKind, text);
    return row;
  },
};

async function findActive<Row extends Revision>(
  table: RevisionTable<Row>,
  text: string,
  where: { readonly kind: ResourceKind; readonly scope: AccountScope },
): Promise<Row> {
  const row = await findRevision(table, text, where);
  if (!row.isActive) throw notFound(where.kind, text);
  return row;
}

function invalid(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path, problem });
}
