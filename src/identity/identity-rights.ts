/**
 * What the policies of users and roles allow them, made ready. A change counts from the next call on: each call compares
 * the versions of the tables, which costs nothing, and reads again what may have changed.
 */
import type { ManagedPolicy, Role, User } from "../domain/identity.ts";
import { findBuiltinPolicy } from "../domain/policy/builtin-policies.ts";
import type { Store } from "../ports/store.ts";
import type { PolicyShelf } from "./policy-shelf.ts";
import { StatementIndex } from "./statement-index.ts";

export interface Rights {
  /** Of the user or role; another one when the name was used again. */
  readonly id: string;
  readonly statements: StatementIndex;
}

type IdentityTable = "users" | "roles";

interface Known {
  readonly version: string;
  readonly rights: Rights | null;
}

const IDENTITIES_MAX = 2000;

export class IdentityRights {
  readonly #store: Pick<Store, IdentityTable | "managedPolicies">;
  readonly #shelf: PolicyShelf;
  readonly #known = new Map<string, Known>();
  /** ARN → text of the default version; of one version of the table. */
  readonly #documents = new Map<string, string | null>();
  #documentsVersion = -1;

  constructor(store: Pick<Store, IdentityTable | "managedPolicies">, shelf: PolicyShelf) {
    this.#store = store;
    this.#shelf = shelf;
  }

  /** Null: there is no such user or role. */
  async of(table: IdentityTable, arn: string): Promise<Rights | null> {
    const version = `${this.#store[table].version()} ${this.#store.managedPolicies.version()}`;
    const known = this.#known.get(arn);
    if (known?.version === version) return known.rights;
    const identity = await this.#store[table].get(arn);
    const rights = identity === null ? null : await this.#read(identity);
    this.#remember(arn, { version, rights });
    return rights;
  }

  #remember(arn: string, known: Known): void {
    this.#known.delete(arn);
    if (this.#known.size >= IDENTITIES_MAX) this.#known.clear();
    this.#known.set(arn, known);
  }

  async #read({ id, inlinePolicies, attachedPolicyArns }: User | Role): Promise<Rights> {
    const documents = Object.values(inlinePolicies);
    for (const arn of attachedPolicyArns) {
      const document = await this.#documentOf(arn);
      if (document !== null) documents.push(document);
    }
    const statements = documents.flatMap((document) => this.#shelf.take(document));
    return { id, statements: new StatementIndex(statements) };
  }

  async #documentOf(arn: string): Promise<string | null> {
    const builtin = findBuiltinPolicy(arn);
    if (builtin !== null) return builtin.document;
    const version = this.#store.managedPolicies.version();
    if (version !== this.#documentsVersion) this.#documents.clear();
    this.#documentsVersion = version;
    const known = this.#documents.get(arn);
    if (known !== undefined) return known;
    const policy = await this.#store.managedPolicies.get(arn);
    const document = policy === null ? null : defaultDocument(policy);
    // What was read while something changed is not kept: the next call reads it again.
    if (this.#store.managedPolicies.version() === version) this.#documents.set(arn, document);
    return document;
  }
}

function defaultDocument({ versions, defaultVersionId }: ManagedPolicy): string | null {
  return versions.find(({ id }) => id === defaultVersionId)?.document ?? null;
}
