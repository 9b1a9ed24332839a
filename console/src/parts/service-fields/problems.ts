/** What is wrong with a draft, by field: found while typing (`rules.ts`), or told by the API (`refusalOf`). */
import { filledRows, type ServiceDraft } from "./draft.ts";
import { EXTENSION_PREFIX, type ExtensionName, isExtensionName } from "./extension-specs.ts";

type RowField = `${"variables" | "secrets" | "tags"}[${number}]`;
export type FieldKey = keyof ServiceDraft | `extensions.${ExtensionName}` | RowField;

/** Field → a sentence for people. */
export type Problems = ReadonlyMap<FieldKey, string>;

export const noProblems: Problems = new Map();

export interface Refusal {
  readonly fields: Problems;
  /** What names no field: it stands above the form. Null: nothing. */
  readonly rest: string | null;
}

/** Members of the API → fields. The longest match counts; what stands before it does not matter. */
const MEMBERS: readonly (readonly [string, FieldKey])[] = [
  ["ServiceName", "name"],
  ["ImageIdentifier", "imageIdentifier"],
  ["ImageRepositoryType", "imageRepositoryType"],
  ["AccessRoleArn", "accessRoleArn"],
  ["RepositoryUrl", "repositoryUrl"],
  ["ConnectionArn", "connectionArn"],
  ["SourceCodeVersion.Value", "branch"],
  ["Branch", "branch"],
  ["SourceDirectory", "sourceDirectory"],
  ["Runtime", "runtime"],
  ["BuildCommand", "buildCommand"],
  ["StartCommand", "startCommand"],
  ["Port", "port"],
  ["RuntimeEnvironmentVariables", "variables"],
  ["RuntimeEnvironmentSecrets", "secrets"],
  ["InstanceConfiguration", "memory"],
  ["InstanceConfiguration.Cpu", "cpu"],
  ["InstanceConfiguration.Memory", "memory"],
  ["InstanceRoleArn", "instanceRoleArn"],
  ["AutoScalingConfigurationArn", "scalingArn"],
  ["MinSize", "minSize"],
  ["MaxSize", "maxSize"],
  ["MaxConcurrency", "maxConcurrency"],
  ["HealthCheckConfiguration.Protocol", "healthProtocol"],
  ["HealthCheckConfiguration.Path", "healthPath"],
  ["HealthCheckConfiguration.Interval", "healthInterval"],
  ["HealthCheckConfiguration.Timeout", "healthTimeout"],
  ["HealthCheckConfiguration.HealthyThreshold", "healthyThreshold"],
  ["HealthCheckConfiguration.UnhealthyThreshold", "unhealthyThreshold"],
  ["IsPubliclyAccessible", "isPublic"],
  ["VpcConnectorArn", "vpcConnectorArn"],
  ["EncryptionConfiguration", "kmsKeyArn"],
  ["EncryptionConfiguration.KmsKey", "kmsKeyArn"],
  ["ObservabilityConfigurationArn", "observabilityArn"],
  ["Tags", "tags"],
];

/** Sentences of a refusal begin with the member that they are about: `A.B has 2 characters; it must have 4 to 40.` */
const SUBJECT =
  /(?:^|(?<=[.\n] ))((?:[A-Z][A-Za-z]*\.)*[A-Z][A-Za-z]*(?:\[\d+\]|\{\d+\})?(?:\.\w+)?)(?=:? )/g;
const TAG_SUBJECT = new RegExp(`^Tag (${EXTENSION_PREFIX}([a-z-]+)): ?`);
/** AWS's own sentences name no member. */
const TAKEN_NAME = /^Service with the provided name already exists/;
const ROLE = /^Error in assuming (instance|access) role/;

/** Takes the API's message apart. `draft`: what was sent, for the places of its rows. */
export function refusalOf(message: string, draft: ServiceDraft): Refusal {
  const tag = TAG_SUBJECT.exec(message);
  if (tag !== null && isExtensionName(tag[2] ?? "")) {
    const field: FieldKey = `extensions.${tag[2] as ExtensionName}`;
    return { fields: new Map([[field, sentence(message.slice(tag[0].length))]]), rest: null };
  }
  if (TAKEN_NAME.test(message)) return { fields: new Map([["name", message]]), rest: null };
  const role = ROLE.exec(message)?.[1];
  if (role !== undefined) {
    const field = role === "instance" ? "instanceRoleArn" : "accessRoleArn";
    return { fields: new Map<FieldKey, string>([[field, message]]), rest: null };
  }
  return bySubject(message, draft);
}

function bySubject(message: string, draft: ServiceDraft): Refusal {
  const fields = new Map<FieldKey, string>();
  const found = [...message.matchAll(SUBJECT)].filter(([, path = ""]) => fieldOf(path, draft) !== null);
  for (const [index, match] of found.entries()) {
    const path = match[1] ?? "";
    const field = fieldOf(path, draft);
    const text = message.slice(match.index + path.length, found[index + 1]?.index).trim();
    if (field !== null && !fields.has(field)) fields.set(field, sentence(text.replace(/^:\s*/, "")));
  }
  const start = found[0]?.index ?? message.length;
  const rest = message.slice(0, start).trim();
  return { fields, rest: rest === "" ? null : rest };
}

function fieldOf(path: string, draft: ServiceDraft): FieldKey | null {
  const [plain = "", , index] = /^(.*?)([[{](\d+)[\]}].*)?$/.exec(path)?.slice(1) ?? [];
  const matches = MEMBERS.filter(([member]) => plain === member || plain.endsWith(`.${member}`));
  const [, field] = matches.toSorted(([one], [other]) => other.length - one.length)[0] ?? [];
  if (field === undefined) return null;
  return index === undefined ? field : (rowOf(field, Number(index), draft) ?? field);
}

/** What was sent as the entry `index` stands in this row: rows that nobody has filled in are not sent. */
function rowOf(field: FieldKey, index: number, draft: ServiceDraft): FieldKey | null {
  if (field !== "variables" && field !== "secrets" && field !== "tags") return null;
  const extensions = Object.values(draft.extensions).filter((value) => value !== "").length;
  const sent = filledRows(draft[field])[field === "tags" ? index - extensions : index];
  const row = sent === undefined ? -1 : draft[field].indexOf(sent);
  return row === -1 ? null : `${field}[${row}]`;
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

/** Both, the API's over ours: it has the last word. */
export function mergedProblems(ours: Problems, theirs: Problems): Problems {
  return new Map([...ours, ...theirs]);
}

/** Whether one of these fields, or a row of them, has a problem. */
export function hasProblem(problems: Problems, fields: readonly string[]): boolean {
  return [...problems.keys()].some((key) =>
    fields.some((field) => key === field || key.startsWith(`${field}[`) || key.startsWith(`${field}.`)),
  );
}
