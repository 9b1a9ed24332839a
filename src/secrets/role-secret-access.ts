/** Asks the authorizer whether a role may read what a reference means: a secret or a parameter of this installation. */
import type { AccountScope } from "../domain/arn.ts";
import { parameterArn } from "../domain/parameter.ts";
import { parseSecretReference } from "../domain/secret-reference.ts";
import { isGone, parseSecretId } from "../domain/stored-secret.ts";
import type { Tag } from "../domain/tag.ts";
import type { Authorizer } from "../ports/authorizer.ts";
import type { Clock } from "../ports/clock.ts";
import type { SecretAccess } from "../ports/secret-access.ts";
import { SecretUnavailable } from "../ports/secret-values.ts";
import type { Store } from "../ports/store.ts";

export interface RoleSecretAccessOptions {
  readonly store: Pick<Store, "secrets" | "parameters" | "roles">;
  readonly authorizer: Pick<Authorizer, "decideForRole">;
  readonly scope: AccountScope;
  readonly clock: Pick<Clock, "now">;
}

interface Subject {
  readonly action: "secretsmanager:GetSecretValue" | "ssm:GetParameters" | "slipway:GetExternalSecret";
  readonly resource: string;
  readonly tags: readonly Tag[];
}

export class RoleSecretAccess implements SecretAccess {
  readonly #options: RoleSecretAccessOptions;

  constructor(options: RoleSecretAccessOptions) {
    this.#options = options;
  }

  async assertReadable(reference: string, roleArn: string): Promise<void> {
    const { store, authorizer } = this.#options;
    if ((await store.roles.get(roleArn)) === null) {
      const remedy = "make it again, or give the service another one";
      throw new SecretUnavailable(
        `The secret ${reference} cannot be read: the instance role ${roleArn} is gone; ${remedy}.`,
      );
    }
    const subject = await this.#subjectOf(reference);
    // Whoever resolves it says what is wrong with it.
    if (subject === null) return;
    const { action, resource, tags } = subject;
    const asked = { action, resource, context: new Map(), resourceTags: () => Promise.resolve(tags) };
    const { isAllowed, reason } = await authorizer.decideForRole(roleArn, asked);
    if (isAllowed) return;
    throw new SecretUnavailable(
      `The secret ${reference} cannot be read: ${roleArn} is not authorized to perform: ${action} on resource: ${resource} ${reason}.`,
    );
  }

  async #subjectOf(reference: string): Promise<Subject | null> {
    const parsed = parseSecretReference(reference, this.#options.scope);
    if (parsed.kind === "secret") return this.#secret(parsed.secretId);
    if (parsed.kind === "parameter") return this.#parameter(parsed.names);
    if (parsed.kind === "external") {
      const { region, account } = this.#options.scope;
      const resource = `arn:aws:slipway:${region}:${account}:external-secret/vault/${parsed.mount}/${parsed.path}`;
      return { action: "slipway:GetExternalSecret", resource, tags: [] };
    }
    return null;
  }

  /** By its whole ARN, also where the reference leaves its six characters out. As written when there is none. */
  async #secret(secretId: string): Promise<Subject> {
    const { store, scope, clock } = this.#options;
    const wanted = parseSecretId(secretId, scope);
    const whole = wanted === null || wanted.arn === null ? null : await store.secrets.get(wanted.arn);
    const found = whole ?? (wanted === null ? null : await store.secrets.findByName(wanted.name));
    const isThere = found !== null && !isGone(found, clock.now());
    return {
      action: "secretsmanager:GetSecretValue",
      resource: isThere ? found.arn : secretId,
      tags: isThere ? found.tags : [],
    };
  }

  async #parameter(names: readonly string[]): Promise<Subject> {
    const { store, scope } = this.#options;
    const found = await Promise.all(names.map((name) => store.parameters.get(name)));
    const parameter = found.find((one) => one !== null);
    const resource = parameterArn(scope, parameter?.name ?? names[0] ?? "");
    return { action: "ssm:GetParameters", resource, tags: parameter?.tags ?? [] };
  }
}
