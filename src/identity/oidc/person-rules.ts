/** As whom somebody comes in whom the provider knows: the first rule that fits says it. Nobody comes in unless one does. */
import type { SessionOwner } from "../../domain/sign-in-session.ts";
import { SignInRefused } from "../../ports/sign-in.ts";
import type { Store } from "../../ports/store.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** With `role` or `user`. */
export interface PersonRule {
  /** Without it the rule is for everybody whom the provider knows. */
  readonly claim?: string | undefined;
  /** What the claim must be, or hold where it is a list. */
  readonly value?: string | undefined;
  /** ARN. */
  readonly role?: string | undefined;
  /** Name; `{name}` is the person's own. */
  readonly user?: string | undefined;
}

export interface PersonRules {
  readonly nameClaim: string;
  readonly rules: readonly PersonRule[];
}

type Rows = Pick<Store, "users" | "roles">;

const OWN_NAME = "{name}";
/** Of a user [IAM]; the database takes not every text of a stranger. */
const USER_NAME = /^[\w+=,.@-]{1,64}$/;
/** Of a role's session [STS]. Another name is refused, not bent: two people must not become one. */
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/** Throws SignInRefused. */
export async function ownerOf(claims: Claims, rules: PersonRules, rows: Rows): Promise<SessionOwner> {
  const name = textOf(claims, rules.nameClaim);
  if (name === null)
    throw new SignInRefused(`The provider does not say who you are: ${rules.nameClaim} is missing.`);
  const rule = rules.rules.find((one) => fits(one, claims));
  if (rule === undefined) {
    throw new SignInRefused(
      `The provider knows you as ${name}, but nobody gave you access here. Ask who runs this.`,
    );
  }
  return rule.role === undefined
    ? userNamed(rule.user === OWN_NAME ? name : (rule.user ?? ""), rows)
    : roleFor(name, rule.role, rows);
}

/** Claims that the rules ask for. */
export function claimsOf({ nameClaim, rules }: PersonRules): readonly string[] {
  return [nameClaim, ...rules.flatMap(({ claim }) => (claim === undefined ? [] : [claim]))];
}

async function userNamed(name: string, { users }: Rows): Promise<SessionOwner> {
  const user = USER_NAME.test(name) ? await users.findByName(name) : null;
  if (user === null) throw new SignInRefused(`There is no user ${name} here. Ask who runs this.`);
  return { kind: "user", userArn: user.arn, userId: user.id };
}

async function roleFor(name: string, arn: string, { roles }: Rows): Promise<SessionOwner> {
  const role = await roles.get(arn);
  if (role === null) throw new SignInRefused(`The role that is meant for you is not here: ${arn}.`);
  if (!SESSION_NAME.test(name)) {
    throw new SignInRefused(
      "Your name at the provider cannot be the name of a role's session: 2 to 64 of letters, digits and _+=,.@- are.",
    );
  }
  return { kind: "role", roleArn: role.arn, roleId: role.id, sessionName: name };
}

function fits({ claim, value }: PersonRule, claims: Claims): boolean {
  if (claim === undefined) return true;
  if (!isTrustworthy(claim, claims)) return false;
  const given: unknown = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  return (Array.isArray(given) ? given : [given]).some(
    (one) => ["string", "number", "boolean"].includes(typeof one) && String(one) === value,
  );
}

function textOf(claims: Claims, claim: string): string | null {
  const value: unknown = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  return typeof value === "string" && value !== "" && isTrustworthy(claim, claims) ? value : null;
}

/** Some providers let people write any address. */
function isTrustworthy(claim: string, claims: Claims): boolean {
  return claim !== "email" || claims["email_verified"] === true;
}
