/** Who stands at the instance door: an instance that lives, calls from its own address and has a role that it may take. */
import type { Role } from "../../domain/identity.ts";
import type { Instance } from "../../domain/instance.ts";
import { trustedService, trustsService } from "../../domain/role-trust.ts";
import type { Store } from "../../ports/store.ts";

export interface Visitor {
  readonly instance: Instance;
  readonly serviceArn: string;
  readonly role: Role;
}

/** Told to the instance as it is. */
export class DoorRefusal extends Error {
  override readonly name = "DoorRefusal";
  readonly status: 403 | 404 | 413 | 429 | 503;
  readonly code: string;

  constructor(status: DoorRefusal["status"], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

interface Caller {
  readonly instanceId: string;
  readonly sourceAddress: string;
}

/** Throws DoorRefusal. */
export async function visitorOf(
  { instanceId, sourceAddress }: Caller,
  store: Pick<Store, "instances" | "releases" | "services" | "roles">,
): Promise<Visitor> {
  const instance = await store.instances.get(instanceId);
  if (instance === null || isGone(instance)) throw stranger();
  // An instance runs some milliseconds before its address is on record.
  if (instance.address === null) throw new DoorRefusal(503, "NotReady", "Still starting. Try again.");
  if (instance.address !== sourceAddress) throw stranger();
  const release = await store.releases.get(instance.serviceId, instance.releaseNumber);
  const service = await store.services.get(instance.serviceId);
  const roleArn = release?.configuration.instance.instanceRoleArn;
  if (service === null || roleArn === undefined) throw stranger();
  return { instance, serviceArn: service.arn, role: await roleFor(roleArn, service.arn, store) };
}

async function roleFor(roleArn: string, serviceArn: string, store: Pick<Store, "roles">): Promise<Role> {
  const role = await store.roles.get(roleArn);
  if (role === null) throw new DoorRefusal(404, "NoSuchRole", `The role ${roleArn} is gone.`);
  const account = serviceArn.split(":")[4] ?? "";
  if (trustsService(role.trustPolicy, "instance", { account, serviceArn })) return role;
  const message = `The role ${roleArn} does not trust ${trustedService.instance} any more.`;
  throw new DoorRefusal(403, "AccessDenied", message);
}

function isGone({ state }: Instance): boolean {
  return state === "failed" || state === "stopped";
}

/** The same sentence for every reason: whoever tries tokens learns nothing. */
export function stranger(): DoorRefusal {
  return new DoorRefusal(403, "AccessDenied", "This is not for you: the token or credentials are not yours.");
}
