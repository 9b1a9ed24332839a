/** What lies between two drafts of a service, member by member, and what it takes until it is in effect. Pure. */
import {
  type DraftChange,
  type DraftEntry,
  filledRows,
  type ServiceDraft,
} from "../../../parts/service-fields/draft.ts";
import type { ExtensionName } from "../../../parts/service-fields/extension-specs.ts";
import { configuration as texts, extensionFields } from "../../../texts.ts";
import { memberLabel, type PlainKey, memberText } from "./member-texts.ts";

/** `next-deployment`: kept now, in effect for instances or builds that begin later. */
export type Effect = "deployment" | "at-once" | "next-deployment";

export interface DiffRow {
  readonly id: string;
  readonly label: string;
  /** Null: it is not there. */
  readonly before: string | null;
  readonly after: string | null;
  readonly effect: Effect;
}

/** docs/configuration.md says it of each. */
const NEXT_DEPLOYMENT: ReadonlySet<ExtensionName> = new Set<ExtensionName>([
  "dockerfile",
  "dockerfile-target",
  "build-args",
  "build-secrets",
  "protocol",
  "sandbox",
  "verify-signature",
  "connect",
]);

const PLAIN = [
  "imageIdentifier",
  "imageRepositoryType",
  "accessRoleArn",
  "repositoryUrl",
  "connectionArn",
  "branch",
  "sourceDirectory",
  "deploysByItself",
  "buildFrom",
  "runtime",
  "buildCommand",
  "port",
  "startCommand",
  "cpu",
  "memory",
  "scalingArn",
  "healthProtocol",
  "healthPath",
  "healthInterval",
  "healthTimeout",
  "healthyThreshold",
  "unhealthyThreshold",
  "isPublic",
  "vpcConnectorArn",
  "instanceRoleArn",
  "observabilityArn",
] as const satisfies readonly PlainKey[];

export function diffOf(before: ServiceDraft, after: ServiceDraft): readonly DiffRow[] {
  return [
    ...PLAIN.filter((key) => before[key] !== after[key] && isSaid(key, after)).map((key) => ({
      id: key,
      label: memberLabel(key),
      before: memberText(key, before),
      after: memberText(key, after),
      effect: "deployment" as const,
    })),
    ...ownScaling(before, after),
    ...entryRows("variable", before.variables, after.variables),
    ...entryRows("secret", before.secrets, after.secrets),
    ...extensionRows(before, after),
    ...entryRows("tag", before.tags, after.tags),
  ];
}

/** What the chosen kind of scaling or health check does not look at is no change. */
function isSaid(key: PlainKey, { scalingChoice, healthProtocol, buildFrom }: ServiceDraft): boolean {
  if (key === "scalingArn") return scalingChoice === "named";
  if (key === "healthPath") return healthProtocol === "HTTP";
  if (key === "runtime" || key === "buildCommand") return buildFrom === "api";
  return true;
}

function ownScaling(before: ServiceDraft, after: ServiceDraft): readonly DiffRow[] {
  if (after.scalingChoice === "named") return [];
  const { minSize, maxSize, maxConcurrency } = after;
  return [
    {
      id: "scaling",
      label: memberLabel("scalingArn"),
      before: memberText("scalingArn", before),
      after: texts.ownNumbers(minSize, maxSize, maxConcurrency),
      effect: "deployment",
    },
  ];
}

type EntryKind = "variable" | "secret" | "tag";

function entryRows(
  kind: EntryKind,
  before: readonly DraftEntry[],
  after: readonly DraftEntry[],
): readonly DiffRow[] {
  const effect = kind === "tag" ? "at-once" : "deployment";
  return changedNames(toMap(before), toMap(after)).map(([name, was, will]) => ({
    id: `${kind} ${name}`,
    label: `${texts[kind]} ${name}`,
    before: was,
    after: will,
    effect,
  }));
}

function extensionRows(before: ServiceDraft, after: ServiceDraft): readonly DiffRow[] {
  const had = new Map(Object.entries(before.extensions));
  const has = new Map(Object.entries(after.extensions));
  return changedNames(had, has).map(([name, was, will]) => ({
    id: `extension ${name}`,
    label: extensionFields[name as ExtensionName].label,
    before: was,
    after: will,
    effect: NEXT_DEPLOYMENT.has(name as ExtensionName) ? "next-deployment" : "at-once",
  }));
}

function toMap(entries: readonly DraftEntry[]): ReadonlyMap<string, string> {
  return new Map(filledRows(entries).map(({ name, value }) => [name, value]));
}

/** Name, then what it was and what it will be. */
function changedNames(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly (readonly [string, string | null, string | null])[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => [name, before.get(name) ?? null, after.get(name) ?? null]);
}

/** Of all that was changed, what is still other than the service as it is now. */
export function openChanges(current: ServiceDraft, changes: DraftChange): DraftChange {
  const open = Object.entries(changes).filter(
    ([key, value]) => JSON.stringify(current[key as keyof ServiceDraft]) !== JSON.stringify(value),
  );
  return Object.fromEntries(open);
}

/** The gravest that any of them takes. */
export function effectOf(rows: readonly DiffRow[]): Effect {
  if (rows.some(({ effect }) => effect === "deployment")) return "deployment";
  return rows.some(({ effect }) => effect === "next-deployment") ? "next-deployment" : "at-once";
}
