/** The service that an ARN in a request names. */
import type { AccountScope } from "../../domain/arn.ts";
import type { Service } from "../../domain/service.ts";
import type { Tables } from "../../ports/store.ts";
import { notFound, parseResourceArn, serviceKind } from "./resource-kind.ts";

interface LookupContext {
  readonly store: Pick<Tables, "services">;
  readonly scope: AccountScope;
}

/** Deleted ones too: App Runner goes on describing them. The ARN must be complete. */
export async function findService(arn: string, { store, scope }: LookupContext): Promise<Service> {
  const { id } = parseResourceArn(arn, serviceKind, scope);
  const service = id === undefined ? null : await store.services.get(id);
  if (service === null || service.arn !== arn) throw notFound(serviceKind, arn);
  return service;
}

/** For everything that acts on a service: a deleted one is not found. */
export async function findLiveService(arn: string, context: LookupContext): Promise<Service> {
  const service = await findService(arn, context);
  if (service.status === "DELETED") throw notFound(serviceKind, arn);
  return service;
}
