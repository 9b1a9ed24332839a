/**
 * Asks the authorizer whether an access role may pull: `ecr:BatchGetImage` on the repository, as AWS's own policy for
 * access roles (AWSAppRunnerServicePolicyForECRAccess) allows it. Wherever a name leads, the repository is one of this
 * account.
 */
import type { AccountScope } from "../domain/arn.ts";
import type { ImageReference } from "../domain/image-reference.ts";
import type { Authorizer } from "../ports/authorizer.ts";
import { ImagePullError } from "../ports/container-engine.ts";
import type { ImageAccess } from "../ports/image-access.ts";
import type { Store } from "../ports/store.ts";

export interface RoleImageAccessOptions {
  readonly store: Pick<Store, "roles">;
  readonly authorizer: Pick<Authorizer, "decideForRole">;
  readonly scope: AccountScope;
}

const ACTION = "ecr:BatchGetImage";

export class RoleImageAccess implements ImageAccess {
  readonly #options: RoleImageAccessOptions;

  constructor(options: RoleImageAccessOptions) {
    this.#options = options;
  }

  async assertPullable({ repository }: ImageReference, accessRoleArn: string): Promise<void> {
    const { store, authorizer, scope } = this.#options;
    if ((await store.roles.get(accessRoleArn)) === null) {
      const remedy = "make it again, or give the service another one";
      throw new ImagePullError("role", `the access role ${accessRoleArn} is gone; ${remedy}`);
    }
    const resource = `arn:aws:ecr:${scope.region}:${scope.account}:repository/${repository}`;
    const asked = { action: ACTION, resource, context: new Map() };
    const { isAllowed, reason } = await authorizer.decideForRole(accessRoleArn, asked);
    if (isAllowed) return;
    throw new ImagePullError(
      "role",
      `the access role ${accessRoleArn} is not authorized to perform: ${ACTION} on resource: ${resource} ${reason}`,
    );
  }
}
