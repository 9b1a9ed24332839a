/** ARNs: `arn:aws:apprunner:<region>:<account>:<type>/<name>[/<revision>]/<id>`; every id is 32 lower-case hex. */

export type ResourceType =
  | "service"
  | "connection"
  | "autoscalingconfiguration"
  | "observabilityconfiguration"
  | "vpcconnector"
  | "vpcingressconnection";

export interface AccountScope {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

export interface Arn extends AccountScope {
  readonly type: ResourceType;
  readonly name: string;
  /** Absent for unversioned types, and where a partial ARN leaves it out. */
  readonly revision?: number;
  /** Absent where a partial ARN leaves it out. */
  readonly id?: string;
}

const VERSIONED: ReadonlySet<string> = new Set([
  "autoscalingconfiguration",
  "observabilityconfiguration",
  "vpcconnector",
]);
const TYPES: ReadonlySet<string> = new Set([...VERSIONED, "service", "connection", "vpcingressconnection"]);
const ID = /^[0-9a-f]{32}$/;
const REVISION = /^[1-9]\d{0,8}$/;

export function formatArn(arn: Arn): string {
  const parts = [arn.type, arn.name, arn.revision, arn.id].filter((part) => part !== undefined);
  return `arn:aws:apprunner:${arn.region}:${arn.account}:${parts.join("/")}`;
}

/** Parses full and partial ARNs (`…/name`, `…/name/revision`); null for anything else. */
export function parseArn(text: string): Arn | null {
  const [arn, partition, vendor, region, account, resource, ...rest] = text.split(":");
  if (arn !== "arn" || partition !== "aws" || vendor !== "apprunner" || rest.length > 0) return null;
  if (region === undefined || account === undefined || resource === undefined) return null;
  const [type = "", name = "", ...tail] = resource.split("/");
  if (!isResourceType(type) || name === "") return null;
  const scope = { region, account, type, name };
  return VERSIONED.has(type) ? withRevision(scope, tail) : withId(scope, tail);
}

function isResourceType(type: string): type is ResourceType {
  return TYPES.has(type);
}

function withRevision(scope: Arn, tail: readonly string[]): Arn | null {
  const [revision, id, ...rest] = tail;
  if (rest.length > 0) return null;
  if (revision === undefined) return scope;
  if (!REVISION.test(revision)) return null;
  if (id === undefined) return { ...scope, revision: Number(revision) };
  return ID.test(id) ? { ...scope, revision: Number(revision), id } : null;
}

function withId(scope: Arn, tail: readonly string[]): Arn | null {
  const [id, ...rest] = tail;
  if (rest.length > 0) return null;
  if (id === undefined) return scope;
  return ID.test(id) ? { ...scope, id } : null;
}
