/**
 * The API's rules that can be told while typing: lengths, patterns, pairs. The API has the last word; a test asks it about
 * every rule here. Pure.
 */
import { rules as texts } from "../../texts.ts";
import { type DraftEntry, filledRows, type ServiceDraft } from "./draft.ts";
import { extensionProblem, type ExtensionName } from "./extension-specs.ts";
import type { FieldKey, Problems } from "./problems.ts";
import { isSecretReference } from "./secret-reference.ts";
import { memoriesFor } from "./sizes.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{3,39}$/;
const HOST_PART = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG_OR_DIGEST = /^(?::\w[\w.-]{0,127})?(?:@[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,})?$/;
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const NO_BRANCH = /^[-/.]|\.\.|@\{|\/\/|\/\.|[/.]$|\.lock(\/|$)|[\u0000-\u0020\u007f~^:?*[\\]|^@$/;
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const NO_DIRECTORY = /^[^/]|(?:^|\/)\.{1,2}(?:\/|$)|[\u0000-\u001f\u007f\\]/;
const HEALTH_PATH = /^\/[!-~]{0,1023}$/;
const RESERVED_NAME = /^(?:PORT|AWSAPPRUNNER.*)$/;
const TAGS_MAX = 50;
/** Of the contract, in characters. */
const TEXT_MAX = 51_200;
const DIRECTORY_MAX = 4_096;
const REPOSITORY_MAX = 255;
const SECRET_MAX = 2_048;
const TAG_KEY_MAX = 128;
const TAG_VALUE_MAX = 256;

/** What is wrong with what is there. What is missing is `missingOf`'s. */
export function problemsOf(draft: ServiceDraft): Problems {
  return new Map(
    [...sourceProblems(draft), ...runProblems(draft), ...numberProblems(draft), ...tagProblems(draft)].filter(
      (one): one is [FieldKey, string] => one !== null,
    ),
  );
}

/** What must be said and is not: shown once somebody wants to go on. */
export function missingOf(draft: ServiceDraft): Problems {
  const isCode = draft.sourceKind === "code";
  const needed: readonly (FieldKey & keyof ServiceDraft)[] = [
    "name",
    ...(isCode
      ? (["repositoryUrl", "branch", "sourceDirectory"] as const)
      : (["imageIdentifier", "port"] as const)),
    ...(isCode && draft.buildFrom === "api" ? (["runtime", "port"] as const) : []),
    ...(draft.scalingChoice === "own" ? (["minSize", "maxSize", "maxConcurrency"] as const) : []),
    ...(draft.healthProtocol === "HTTP" ? (["healthPath"] as const) : []),
    "healthInterval",
    "healthTimeout",
    "healthyThreshold",
    "unhealthyThreshold",
  ];
  return new Map(needed.filter((field) => draft[field] === "").map((field) => [field, texts.missing]));
}

type Found = [FieldKey, string] | null;

function sourceProblems(draft: ServiceDraft): readonly Found[] {
  const { name, imageIdentifier, repositoryUrl, branch, sourceDirectory } = draft;
  const named = unless("name", name, NAME.test(name), texts.name);
  if (draft.sourceKind === "image")
    return [named, unless("imageIdentifier", imageIdentifier, isImageName(imageIdentifier), texts.image)];
  const isBranch = !NO_BRANCH.test(branch) && isText(branch, TEXT_MAX);
  const isDirectory = !NO_DIRECTORY.test(sourceDirectory) && isText(sourceDirectory, DIRECTORY_MAX);
  return [
    named,
    unless("repositoryUrl", repositoryUrl, isText(repositoryUrl, TEXT_MAX), texts.text(TEXT_MAX)),
    unless("branch", branch, isBranch, texts.branch),
    unless("sourceDirectory", sourceDirectory, isDirectory, texts.directory),
  ];
}

function runProblems(draft: ServiceDraft): readonly Found[] {
  const { port, startCommand, buildCommand, variables, secrets, healthPath, cpu, memory } = draft;
  if (draft.sourceKind === "code" && draft.buildFrom === "file")
    return [sizeProblem(cpu, memory), healthProblem()];
  const isPort = /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535;
  return [
    unless("port", port, isPort, texts.port),
    unless(
      "startCommand",
      startCommand,
      isOneLine(startCommand) && startCommand.trim() !== "",
      texts.oneLine,
    ),
    draft.sourceKind === "code"
      ? unless("buildCommand", buildCommand, isOneLine(buildCommand), texts.oneLine)
      : null,
    ...rowProblems("variables", variables, plainVariableProblem),
    ...rowProblems("secrets", secrets, (entry) => secretProblem(entry, variables)),
    sizeProblem(cpu, memory),
    healthProblem(),
  ];

  function healthProblem(): Found {
    if (draft.healthProtocol === "TCP") return null;
    return unless("healthPath", healthPath, HEALTH_PATH.test(healthPath), texts.healthPath);
  }
}

function sizeProblem(cpu: string, memory: string): Found {
  return memoriesFor(cpu).includes(memory) ? null : ["memory", texts.size];
}

function numberProblems(draft: ServiceDraft): readonly Found[] {
  const checks = (["healthInterval", "healthTimeout", "healthyThreshold", "unhealthyThreshold"] as const).map(
    (field) => inRange(field, draft[field], { least: 1, most: 20 }),
  );
  if (draft.scalingChoice === "named") return checks;
  const { minSize, maxSize, maxConcurrency } = draft;
  const isUpsideDown = minSize !== "" && Number(maxSize) >= 1 && Number(minSize) > Number(maxSize);
  return [
    ...checks,
    inRange("minSize", minSize, { least: 1, most: 25 }) ??
      (isUpsideDown ? ["minSize", texts.minAboveMax] : null),
    inRange("maxSize", maxSize, { least: 1, most: 2_147_483_647 }),
    inRange("maxConcurrency", maxConcurrency, { least: 1, most: 200 }),
  ];
}

function tagProblems({ extensions, tags }: ServiceDraft): readonly Found[] {
  const count = filledRows(tags).length + Object.values(extensions).filter((value) => value !== "").length;
  return [
    ...Object.entries(extensions).map(([key, value]): Found => {
      const name = key as ExtensionName;
      const rule = extensionProblem(name, value);
      return rule === null ? null : [`extensions.${name}`, texts.extension(rule, name)];
    }),
    ...rowProblems("tags", tags, tagProblem),
    count > TAGS_MAX ? ["tags", texts.tooManyTags(TAGS_MAX)] : null,
  ];
}

type RowRule = (entry: DraftEntry) => string | null;

function rowProblems(
  list: "variables" | "secrets" | "tags",
  rows: readonly DraftEntry[],
  rule: RowRule,
): readonly Found[] {
  const seen = new Set<string>();
  return rows.map((entry, index): Found => {
    if (entry.name === "" && entry.value === "") return null;
    const problem = seen.has(entry.name) ? texts.twice : rule(entry);
    seen.add(entry.name);
    return problem === null ? null : [`${list}[${index}]`, problem];
  });
}

function variableProblem({ name }: DraftEntry): string | null {
  if (name === "" || name.includes("=") || !isText(name, TEXT_MAX)) return texts.variableName;
  return RESERVED_NAME.test(name) ? texts.reservedName : null;
}

function plainVariableProblem(entry: DraftEntry): string | null {
  return variableProblem(entry) ?? (isText(entry.value, TEXT_MAX) ? null : texts.text(TEXT_MAX));
}

function secretProblem(entry: DraftEntry, variables: readonly DraftEntry[]): string | null {
  if (!isText(entry.name, SECRET_MAX) || !isText(entry.value, SECRET_MAX)) return texts.text(SECRET_MAX);
  if (variables.some(({ name }) => name === entry.name)) return texts.nameOfVariable;
  return variableProblem(entry) ?? (isSecretReference(entry.value) ? null : texts.reference);
}

function tagProblem({ name, value }: DraftEntry): string | null {
  if (name.startsWith("aws:")) return texts.awsTag;
  if (name.startsWith("slipway:")) return texts.slipwayTag;
  if (name === "" || !isText(name, TAG_KEY_MAX)) return texts.tagKey;
  return isText(value, TAG_VALUE_MAX) ? null : texts.tagValue;
}

/** `[registry[:port]/]path[:tag][@digest]`, as registries have it. */
function isImageName(text: string): boolean {
  const [, head, rest = ""] = /^(?:([^/]*)\/)?(.*)$/.exec(text) ?? [];
  const isRegistry = head !== undefined && (/[.:]/.test(head) || head === "localhost");
  if (isRegistry && !isHost(head)) return false;
  const path = isRegistry ? rest : text;
  const end = path.search(/[:@]/);
  const repository = end === -1 ? path : path.slice(0, end);
  return (
    text.length <= 1024 &&
    repository.length <= REPOSITORY_MAX &&
    repository.split("/").every((part) => PATH_COMPONENT.test(part)) &&
    TAG_OR_DIGEST.test(end === -1 ? "" : path.slice(end))
  );
}

function isHost(text: string): boolean {
  const [host = "", port = "80", ...more] = text.split(":");
  return more.length === 0 && /^\d{1,5}$/.test(port) && host.split(".").every((part) => HOST_PART.test(part));
}

/** Characters as the API counts them: an emoji is one. */
function isText(text: string, most: number): boolean {
  return !text.includes("\0") && (text.length <= most || Array.from(text).length <= most);
}

function isOneLine(text: string): boolean {
  return !/[\n\r\0]/.test(text);
}

function inRange(
  field: FieldKey,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): Found {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return unless(field, text, number >= least && number <= most, texts.range(least, most));
}

/** What nobody has said yet is not wrong. */
function unless(field: FieldKey, text: string, isRight: boolean, problem: string): Found {
  return text === "" || isRight ? null : [field, problem];
}
