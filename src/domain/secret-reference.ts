/** What stands beside a variable's name in `RuntimeEnvironmentSecrets` and `run.secrets`: App Runner's grammar. Pure. */
import type { AccountScope } from "./arn.ts";
import { type ParameterSelector, parseParameterSelector } from "./parameter.ts";

export type SecretReference =
  | {
      readonly kind: "secret";
      /** With or without its six characters. */
      readonly secretId: string;
      readonly jsonKey: string | undefined;
      readonly stage: string | undefined;
      readonly versionId: string | undefined;
    }
  | ({ readonly kind: "parameter" } & ParameterSelector)
  | ({ readonly kind: "external" } & ExternalPlace)
  /** A half sentence: "is …". */
  | { readonly kind: "none"; readonly problem: string };

/** Where a value lies in a store that is not ours. */
export interface ExternalPlace {
  readonly mount: string;
  readonly path: string;
  /** Undefined: all members, as JSON. */
  readonly key: string | undefined;
  /** Undefined: the newest. */
  readonly version: string | undefined;
}

const EXTERNAL = "vault:";
/** No character of it is refused by a tag, in which references stand as well. */
const EXTERNAL_PLACE = /^([\w.-]+)\/([\w.@+=/ -]+)(?::([\w.@+=/ -]+))?(?::(\d{1,9}))?$/;
/** Parts of an ARN up to the secret's name, and of the suffix `:json-key:version-stage:version-id`. */
const ARN_PARTS = 7;
const SUFFIX_PARTS = 3;
const ARN = /^arn:aws:(?:secretsmanager|ssm):[a-z\d-]+:\d{12}:/;
const SECRET_NAME = /^[\w/+=.@!-]+$/;
const SECRET_NAME_MAX_CHARACTERS = 512 + "-AbCdEf".length;

/** Why a text is a reference nowhere, whatever there is: half a sentence that tells nothing of the text. Null: it may be one. */
export function referenceProblem(text: string): string | null {
  if (text.startsWith("arn:") && !ARN.test(text)) {
    return "is an ARN of neither Secrets Manager nor Parameter Store";
  }
  const [, , , region = "", account = ""] = text.split(":");
  const parsed = parseSecretReference(text, { region, account });
  return parsed.kind === "none" ? parsed.problem : null;
}

export function parseSecretReference(text: string, scope: AccountScope): SecretReference {
  if (text.startsWith(EXTERNAL)) return parseExternal(text.slice(EXTERNAL.length));
  const parts = text.split(":");
  const [arn, partition, vendor, region, account] = parts;
  if (arn !== "arn") return parseParameter(text, scope);
  if (partition !== "aws" || (vendor !== "secretsmanager" && vendor !== "ssm")) {
    return none("is an ARN of neither Secrets Manager nor Parameter Store");
  }
  if (region !== scope.region)
    return none(`is of the Region ${region}; this installation is ${scope.region}`);
  if (account !== scope.account) {
    return none(`is of the account ${account}; this installation is ${scope.account}`);
  }
  return vendor === "ssm" ? parseParameter(text, scope) : parseSecret(parts);
}

function parseSecret(parts: readonly string[]): SecretReference {
  const [jsonKey, stage, versionId] = parts.slice(ARN_PARTS).map((part) => (part === "" ? undefined : part));
  if (parts[5] !== "secret" || !isSecretName(parts[6] ?? "") || parts.length > ARN_PARTS + SUFFIX_PARTS) {
    return none("is not arn:aws:secretsmanager:<region>:<account>:secret:<name>[:key:stage:version]");
  }
  return { kind: "secret", secretId: parts.slice(0, ARN_PARTS).join(":"), jsonKey, stage, versionId };
}

function isSecretName(text: string): boolean {
  return text.length <= SECRET_NAME_MAX_CHARACTERS && SECRET_NAME.test(text);
}

function parseExternal(text: string): SecretReference {
  const [, mount = "", path = "", key, version] = EXTERNAL_PLACE.exec(text) ?? [];
  const segments = [mount, ...path.split("/")];
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    return none("is not vault:<mount>/<path>[:<key>[:<version>]]");
  }
  return { kind: "external", mount, path, key, version };
}

function parseParameter(text: string, scope: AccountScope): SecretReference {
  const selector = parseParameterSelector(text, scope);
  if (selector === null || selector.names.some((name) => !/^[\w./-]+$/.test(name))) {
    return none("is neither the ARN of a secret nor the ARN or the name of a parameter");
  }
  if (selector.version !== null && !/^\d+$/.test(selector.version)) {
    return none("names a version that is not a number; parameters have no labels here");
  }
  return { kind: "parameter", ...selector };
}

function none(problem: string): SecretReference {
  return { kind: "none", problem };
}
