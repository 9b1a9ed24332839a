/** The text of a policy → its parts. What is refused is refused with IAM's sentence where IAM has one, and with the place. */
import { MalformedPolicy, shown } from "./malformed-policy.ts";
import type {
  OneOrOther,
  PolicyDocument,
  PolicyPrincipal,
  PolicyStatement,
  PolicyUse,
  PolicyVersion,
  StatedCondition,
} from "./policy-document.ts";
import { parsePrincipals } from "./policy-principal.ts";

type Json = Readonly<Record<string, unknown>>;

/** Far more than the largest policy with all its white space. */
const TEXT_MAX = 131_072;
/** IAM's: what is no printable ASCII or Latin-1 stands in no policy. */
const CHARACTERS = /^[\t\n\r\u0020-\u00ff]*$/;
const VERSIONS = new Set(["2012-10-17", "2008-10-17"]);
const SID = /^[0-9A-Za-z]*$/;
const ACTION = /^(?:\*|[a-z0-9-]+:[\w*?-]+)$/i;
const CONDITION_KEY = /^[a-z0-9-]+:[^\s:].*$/i;
const DOCUMENT_FIELDS = new Set(["Version", "Id", "Statement"]);
const STATEMENT_FIELDS = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "Condition",
]);

/** Throws MalformedPolicy. */
export function parsePolicy(text: string, use: PolicyUse): PolicyDocument {
  const document = readJson(text);
  assertFields(document, DOCUMENT_FIELDS, "the policy");
  const version = versionOf(document);
  if (!Object.hasOwn(document, "Statement")) throw missing("Statement", "the policy");
  const stated: unknown = document["Statement"];
  const statements = Array.isArray(stated)
    ? stated.map((statement: unknown, index) => statementOf(statement, `Statement[${index}]`, use))
    : [statementOf(stated, "Statement", use)];
  if (statements.length === 0) throw syntax("Statement is empty");
  assertUniqueSids([stated].flat());
  return { version, statements };
}

function readJson(text: string): Json {
  if (text.length > TEXT_MAX) throw syntax(`it has more than ${TEXT_MAX} characters`);
  if (!CHARACTERS.test(text)) {
    throw new MalformedPolicy(
      "The specified value for policyDocument is invalid. It must contain only printable ASCII characters.",
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw syntax(`it is not JSON: ${shown(error instanceof Error ? error.message : String(error))}`);
  }
  if (isObject(value)) return value;
  throw syntax("it must be an object with Version and Statement");
}

function versionOf(document: Json): PolicyVersion {
  // IAM's default, which has no variables.
  const version = Object.hasOwn(document, "Version") ? document["Version"] : "2008-10-17";
  if (typeof version === "string" && VERSIONS.has(version)) return version as PolicyVersion;
  throw new MalformedPolicy("Policy document must be version 2012-10-17 or greater.");
}

function statementOf(value: unknown, place: string, use: PolicyUse): PolicyStatement {
  if (!isObject(value)) throw syntax(`${place} must be an object`);
  assertFields(value, STATEMENT_FIELDS, place);
  assertSid(value["Sid"], place);
  const isTrust = use === "trust";
  if (!isTrust && Object.hasOwn(value, "Principal")) {
    throw new MalformedPolicy(`Policy document should not specify a principal: ${place}.`);
  }
  return {
    place,
    effect: effectOf(value, place),
    actions: actionsOf(value, place, use),
    resources: isTrust ? noResources(value, place) : resourcesOf(value, place),
    principals: isTrust ? principalsOf(value, place) : null,
    conditions: conditionsOf(value, place),
  };
}

function effectOf(statement: Json, place: string): "Allow" | "Deny" {
  if (!Object.hasOwn(statement, "Effect")) throw missing("Effect", place);
  const effect = statement["Effect"];
  if (effect === "Allow" || effect === "Deny") return effect;
  throw new MalformedPolicy(`Invalid effect: ${shown(effect)} in ${place}. Write Allow or Deny.`);
}

function actionsOf(statement: Json, place: string, use: PolicyUse): OneOrOther {
  const actions = oneOrOther(statement, "Action", place);
  for (const action of actions.values) {
    if (!ACTION.test(action)) {
      throw new MalformedPolicy(
        `Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. ${place} has ${shown(action)}.`,
      );
    }
    if (use === "trust" && !/^sts:/i.test(action)) {
      throw new MalformedPolicy(`AssumeRole policy may only specify STS AssumeRole actions: ${place}.`);
    }
  }
  return actions;
}

function resourcesOf(statement: Json, place: string): OneOrOther {
  const resources = oneOrOther(statement, "Resource", place);
  const wrong = resources.values.find((resource) => resource !== "*" && !isArnPattern(resource));
  if (wrong === undefined) return resources;
  throw new MalformedPolicy(`Resource ${shown(wrong)} must be in ARN format or "*": ${place}.`);
}

function isArnPattern(text: string): boolean {
  const parts = withoutVariables(text).split(":");
  return parts[0] === "arn" && parts.length >= 6 && parts[2] !== "" && parts.slice(5).join(":") !== "";
}

/** They may hold colons. No regular expression: many beginnings without an end would be looked at again and again. */
function withoutVariables(text: string): string {
  const [plain = "", ...others] = text.split("${");
  return [plain, ...others.map((part) => part.slice(part.indexOf("}") + 1))].join("x");
}

function noResources(statement: Json, place: string): null {
  for (const field of ["Resource", "NotResource"]) {
    if (Object.hasOwn(statement, field))
      throw new MalformedPolicy(`Has prohibited field ${field}: ${place}.`);
  }
  return null;
}

function principalsOf(statement: Json, place: string): readonly PolicyPrincipal[] {
  if (!Object.hasOwn(statement, "Principal")) throw missing("Principal", place);
  return parsePrincipals(statement["Principal"], place);
}

function conditionsOf(statement: Json, place: string): readonly StatedCondition[] {
  if (!Object.hasOwn(statement, "Condition")) return [];
  const block = statement["Condition"];
  if (!isObject(block)) throw syntax(`${place}.Condition must be an object`);
  return Object.entries(block).flatMap(([operator, keys]) => {
    const where = `${place}.Condition.${shown(operator)}`;
    if (!isObject(keys)) throw syntax(`${where} must be an object`);
    return Object.entries(keys).map(([key, value]) => statedCondition({ operator, key, value, where }));
  });
}

function statedCondition({
  operator,
  key,
  value,
  where,
}: {
  readonly operator: string;
  readonly key: string;
  readonly value: unknown;
  readonly where: string;
}): StatedCondition {
  if (!CONDITION_KEY.test(key)) {
    throw new MalformedPolicy(
      `Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. ${where} has ${shown(key)}.`,
    );
  }
  const values = [value].flat().map((one: unknown) => {
    if (typeof one === "string" || typeof one === "number" || typeof one === "boolean") return String(one);
    throw syntax(`${where}.${shown(key)} must be a text, a number, true or false, or a list of those`);
  });
  if (values.length === 0) throw syntax(`${where}.${shown(key)} is empty`);
  return { operator, key, values };
}

/** Exactly one of `Action` and `NotAction`, `Resource` and `NotResource`. */
function oneOrOther(statement: Json, field: "Action" | "Resource", place: string): OneOrOther {
  const isNot = Object.hasOwn(statement, `Not${field}`);
  if (isNot && Object.hasOwn(statement, field)) {
    throw syntax(`${place} has both ${field} and Not${field}`);
  }
  const name = isNot ? `Not${field}` : field;
  if (!Object.hasOwn(statement, name)) throw missing(field, place);
  const values = [statement[name]].flat().map((value: unknown) => {
    if (typeof value === "string" && value !== "") return value;
    throw syntax(`${place}.${name} must be a text or a list of texts`);
  });
  if (values.length === 0) throw syntax(`${place}.${name} is empty`);
  return { isNot, values };
}

function assertFields(value: Json, known: ReadonlySet<string>, place: string): void {
  const unknown = Object.keys(value).find((field) => !known.has(field));
  if (unknown !== undefined) {
    throw syntax(`${place} has the field ${shown(unknown)}, which is none of ${[...known].join(", ")}`);
  }
}

function assertSid(sid: unknown, place: string): void {
  if (sid === undefined || (typeof sid === "string" && SID.test(sid))) return;
  throw new MalformedPolicy(
    `Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*: ${place}.`,
  );
}

function assertUniqueSids(statements: readonly unknown[]): void {
  const sids = statements.flatMap((statement) =>
    isObject(statement) && typeof statement["Sid"] === "string" && statement["Sid"] !== ""
      ? [statement["Sid"]]
      : [],
  );
  const seen = new Set<string>();
  const twice = sids.find((sid) => seen.size === seen.add(sid).size);
  if (twice === undefined) return;
  throw new MalformedPolicy(`Statement IDs (SID) in a single policy must be unique: ${shown(twice)}.`);
}

function missing(field: string, place: string): MalformedPolicy {
  return new MalformedPolicy(`Missing required field ${field} in ${place}.`);
}

function syntax(problem: string): MalformedPolicy {
  return new MalformedPolicy(
    `Syntax errors in policy. ${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`,
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
