/** The roles of a service, when it is given them: they are here, and trust who is to take them. */
import { formatArn } from "../../domain/arn.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Principal } from "../../domain/identity.ts";
import { roleArnOf, type ServiceRoleKind, trustedService, trustsService } from "../../domain/role-trust.ts";
import type { ServiceConfiguration } from "../../domain/service.ts";
import { assertMayPass } from "../authorization.ts";
import type { HandlerContext } from "../handler.ts";

type Context = Pick<HandlerContext, "store" | "scope">;

interface RoleWish {
  readonly name: string;
  /** Absent for one that is being made. */
  readonly arn?: string;
  readonly wished: ServiceConfiguration;
  /** Null for one that is being made. What it has already stays, whatever became of it. */
  readonly present: ServiceConfiguration | null;
}

const KINDS: readonly ServiceRoleKind[] = ["access", "instance"];

/** Throws RoleNotAssumable. */
export async function assertRoles({ name, arn, wished, present }: RoleWish, context: Context): Promise<void> {
  const serviceArn = arn ?? formatArn({ ...context.scope, type: "service", name, id: "*" });
  for (const kind of KINDS) {
    const roleArn = roleArnOf(kind, wished);
    const isKept = present !== null && roleArnOf(kind, present) === roleArn;
    if (roleArn !== undefined && !isKept) await assertAssumable({ kind, roleArn, serviceArn }, context);
  }
}

/** For one whose credentials are used before there is a service. Throws RoleNotAssumable. */
export async function assertAccessRole(roleArn: string, context: Context): Promise<void> {
  const serviceArn = formatArn({ ...context.scope, type: "service", name: "*", id: "*" });
  await assertAssumable({ kind: "access", roleArn, serviceArn }, context);
}

/** For roles that come back with something else than a wish for them. Throws AccessDeniedException. */
export async function assertMayPassRoles(
  { wished, present }: Pick<RoleWish, "wished" | "present">,
  caller: Principal,
  context: Context & Pick<HandlerContext, "authorizer">,
): Promise<void> {
  for (const kind of KINDS) {
    const roleArn = roleArnOf(kind, wished);
    const isKept = present !== null && roleArnOf(kind, present) === roleArn;
    if (roleArn === undefined || isKept) continue;
    await assertMayPass(roleArn, { principal: caller, conditions: new Map() }, context);
  }
}

interface Assumption {
  readonly kind: ServiceRoleKind;
  readonly roleArn: string;
  readonly serviceArn: string;
}

async function assertAssumable(
  { kind, roleArn, serviceArn }: Assumption,
  { store, scope }: Context,
): Promise<void> {
  const refusal = (remedy: string) => new SlipwayError("RoleNotAssumable", { kind, arn: roleArn, remedy });
  const role = await store.roles.get(roleArn);
  if (role === null) throw refusal("There is no such role here; make it with aws iam create-role");
  if (trustsService(role.trustPolicy, kind, { account: scope.account, serviceArn })) return;
  throw refusal(`Its trust policy must allow ${trustedService[kind]} the action sts:AssumeRole`);
}
