/** Who a trust policy names, and whether a caller is one of them. */
import { MalformedPolicy, shown } from "./malformed-policy.ts";
import type { PolicyPrincipal } from "./policy-document.ts";

/** Who asks to be trusted. */
export type TrustedCaller =
  | {
      readonly type: "AWS";
      readonly account: string;
      /** Its own, and of a session that of its role. */
      readonly arns: readonly string[];
    }
  | { readonly type: "Service" | "Federated"; readonly value: string };

/** By its own name, as one of its account (then its own policies must allow the call too), or not at all. */
export type Naming = "named" | "account" | null;

const ACCOUNT = /^\d{12}$/;
const ROOT = /^arn:aws:iam::(\d{12}):root$/;
const IDENTITY =
  /^arn:aws:(?:iam::\d{12}:(?:user|role)\/[\w+=,.@/-]+|sts::\d{12}:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+)$/;
const FORMS: Readonly<Record<PolicyPrincipal["type"], RegExp>> = {
  AWS: new RegExp(`${ACCOUNT.source}|${ROOT.source}|${IDENTITY.source}|^\\*$`),
  Service: /^[a-z0-9.-]+$/,
  Federated: /^[\w:/.-]+$/,
};

/** Throws MalformedPolicy. */
export function parsePrincipals(value: unknown, place: string): readonly PolicyPrincipal[] {
  if (value === "*") return [{ type: "AWS", value: "*" }];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new MalformedPolicy(
      `Invalid principal in policy: ${place}.Principal must be "*" or an object with AWS, Service or Federated.`,
    );
  }
  const principals = Object.entries(value).flatMap(([type, named]) =>
    [named].flat().map((one: unknown) => principalOf(type, one, place)),
  );
  if (principals.length > 0) return principals;
  throw new MalformedPolicy(`Invalid principal in policy: ${place}.Principal names nobody.`);
}

function principalOf(type: string, value: unknown, place: string): PolicyPrincipal {
  const isKnown = type === "AWS" || type === "Service" || type === "Federated";
  if (isKnown && typeof value === "string" && FORMS[type].test(value)) return { type, value };
  throw new MalformedPolicy(`Invalid principal in policy: "${shown(type)}":"${shown(value)}" in ${place}.`);
}

export function namingOf(principals: readonly PolicyPrincipal[], caller: TrustedCaller): Naming {
  const namings = new Set(principals.map((principal) => namingBy(principal, caller)));
  if (namings.has("named")) return "named";
  return namings.has("account") ? "account" : null;
}

function namingBy({ type, value }: PolicyPrincipal, caller: TrustedCaller): Naming {
  if (type !== caller.type) return null;
  if (caller.type !== "AWS") return value === caller.value ? "named" : null;
  if (value === "*" || caller.arns.includes(value)) return "named";
  const account = ACCOUNT.test(value) ? value : ROOT.exec(value)?.[1];
  return account === caller.account ? "account" : null;
}
