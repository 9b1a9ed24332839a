/**
 * Whether a principal may do something, from the policies in the store: denied unless one allows it and none denies it.
 * Root may do everything in its account, and nobody anything outside of it.
 */
import type { AccountScope } from "../domain/arn.ts";
import { rootArn } from "../domain/identity-arn.ts";
import type { Principal } from "../domain/identity.ts";
import { evaluate, evaluateForAll, evaluateImagined, type Verdict } from "../domain/policy/evaluate.ts";
import type { ConditionContext } from "../domain/policy/pattern.ts";
import { principalFacts, roleFacts, tagFacts } from "../domain/principal-facts.ts";
import type { Authorizer, Decision, Question } from "../ports/authorizer.ts";
import type { Store } from "../ports/store.ts";
import { IdentityRights, type Rights } from "./identity-rights.ts";
import { PolicyShelf } from "./policy-shelf.ts";
import { type Selection, StatementIndex } from "./statement-index.ts";

export interface StoreAuthorizerOptions {
  readonly store: Pick<Store, "users" | "roles" | "managedPolicies" | "tags">;
  readonly scope: AccountScope;
}

type Asked = Omit<Question, "principal">;

const ALLOWED: Decision = { isAllowed: true, reason: "" };
const RESOURCE_TAG = /^([a-z0-9-]+):resourcetag\//;
const PRINCIPAL_TAG = "aws:principaltag/";
/** AWS's own policies belong to every account. */
const AWS_POLICIES = "arn:aws:iam::aws:policy/";

export class StoreAuthorizer implements Authorizer {
  readonly #options: StoreAuthorizerOptions;
  readonly #shelf = new PolicyShelf();
  readonly #rights: IdentityRights;

  constructor(options: StoreAuthorizerOptions) {
    this.#options = options;
    this.#rights = new IdentityRights(options.store, this.#shelf);
  }

  async decide({ principal, ...asked }: Question): Promise<Decision> {
    const { account } = this.#options.scope;
    if (!isOfAccount(asked.resource, account)) return foreign(asked);
    if (principal.kind === "root") {
      return principal.arn === rootArn(this.#options.scope) ? ALLOWED : decisionOf("implicitDeny", asked);
    }
    const rights = await this.#rightsOf(principal);
    if (rights === null) return decisionOf("implicitDeny", asked);
    const who = { arn: identityArn(principal), facts: principalFacts(principal, account) };
    const own = decisionOf(await this.#evaluate(rights.statements, asked, who), asked);
    if (!own.isAllowed || principal.kind !== "role" || principal.sessionPolicy === undefined) return own;
    const narrowed = new StatementIndex(this.#shelf.take(principal.sessionPolicy));
    return decisionOf(await this.#evaluate(narrowed, asked, who), asked, "session");
  }

  async decideForRole(roleArn: string, asked: Asked): Promise<Decision> {
    if (!isOfAccount(asked.resource, this.#options.scope.account)) return foreign(asked);
    const rights = await this.#rights.of("roles", roleArn);
    if (rights === null) return decisionOf("implicitDeny", asked);
    const who = { arn: roleArn, facts: roleFacts(roleArn) };
    return decisionOf(await this.#evaluate(rights.statements, asked, who), asked);
  }

  /** Null: the user or role is gone, and whoever has its name now is another one. */
  async #rightsOf(principal: Exclude<Principal, { kind: "root" }>): Promise<Rights | null> {
    const isUser = principal.kind === "user";
    const rights = await this.#rights.of(isUser ? "users" : "roles", identityArn(principal));
    return rights?.id === (isUser ? principal.userId : principal.roleId) ? rights : null;
  }

  async #evaluate(index: StatementIndex, asked: Asked, who: Who): Promise<Verdict> {
    const { isForAll = false, imagined, action, resource } = asked;
    const selection =
      isForAll || imagined?.isOfAny === true ? index.selectAll(action) : index.select(action, resource);
    const { statements } = selection;
    const call = { ...asked, context: await this.#contextFor(selection, asked, who) };
    if (imagined !== undefined) {
      const { isOfAny, isOpen } = imagined;
      return evaluateImagined(statements, { ...call, isOpen, resource: isOfAny ? null : resource });
    }
    return isForAll ? evaluateForAll(statements, call) : evaluate(statements, call);
  }

  /** Only as much as the policies ask for. */
  async #contextFor({ keys }: Selection, asked: Asked, { arn, facts }: Who): Promise<ConditionContext> {
    if (keys.size === 0) return asked.context;
    const context = new Map([...asked.context, ...facts]);
    const prefixes = new Set([...keys].flatMap((key) => RESOURCE_TAG.exec(key)?.[0] ?? []));
    const tags = prefixes.size === 0 ? [] : ((await asked.resourceTags?.()) ?? []);
    for (const prefix of prefixes)
      for (const [key, values] of tagFacts(prefix, tags)) context.set(key, values);
    if ([...keys].some((key) => key.startsWith(PRINCIPAL_TAG))) {
      const own = await this.#options.store.tags.list(arn);
      for (const [key, values] of tagFacts(PRINCIPAL_TAG, own)) context.set(key, values);
    }
    return context;
  }
}

interface Who {
  /** Of the user or role. */
  readonly arn: string;
  readonly facts: ReturnType<typeof principalFacts>;
}

function identityArn(principal: Exclude<Principal, { kind: "root" }>): string {
  return principal.kind === "user" ? principal.userArn : principal.roleArn;
}

function isOfAccount(resource: string, account: string): boolean {
  return resource === "*" || resource.split(":", 5)[4] === account || resource.startsWith(AWS_POLICIES);
}

function decisionOf(
  verdict: Verdict,
  { action }: Pick<Question, "action">,
  kind: "identity-based" | "session" = "identity-based",
): Decision {
  if (verdict === "allowed") return ALLOWED;
  const reason =
    verdict === "explicitDeny"
      ? `with an explicit deny in ${kind === "session" ? "a" : "an"} ${kind} policy`
      : `because no ${kind} policy allows the ${action} action`;
  return { isAllowed: false, reason };
}

/** Another account's would have to allow it itself; nothing here has such policies. */
function foreign({ action }: Pick<Question, "action">): Decision {
  return { isAllowed: false, reason: `because no resource-based policy allows the ${action} action` };
}
