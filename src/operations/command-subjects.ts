/** What a command is about, found and checked inside of its transaction. */
import { SlipwayError } from "../domain/error.ts";
import { isFinished, type Operation } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import type { Service } from "../domain/service.ts";
import type { Tables } from "../ports/store.ts";
import { isCommitted } from "./plan-route.ts";
import { isDeploying } from "./record-failure.ts";

/** How far back the release before the active one is looked for. */
const RELEASES_LOOKED_AT = 100;

/** Throws NoSuchRelease. */
export async function releaseToReturnTo(
  tx: Tables,
  service: Service,
  releaseNumber: number | null,
): Promise<Release> {
  const release =
    releaseNumber === null
      ? await previousRelease(tx, service)
      : await tx.releases.get(service.id, releaseNumber);
  const isActive = release?.number === service.activeReleaseNumber;
  if (release !== null && !isActive && (await hasServed(tx, release))) return release;
  throw new SlipwayError("NoSuchRelease", {
    name: service.name,
    number: releaseNumber ?? "before the active one",
    remedy: isActive ? "It is the active one." : "Only releases that served can be gone back to.",
  });
}

/** The newest one before the active that served. */
export async function previousRelease(tx: Tables, service: Service): Promise<Release | null> {
  const newest = await tx.releases.list(service.id, { after: null, limit: RELEASES_LOOKED_AT });
  for (const release of newest.rows) {
    if (release.number < (service.activeReleaseNumber ?? 0) && (await hasServed(tx, release))) return release;
  }
  return null;
}

async function hasServed(tx: Tables, { serviceId, operationId }: Release): Promise<boolean> {
  return (await tx.operations.get(serviceId, operationId))?.status === "SUCCEEDED";
}

/** Throws NotCancellable. */
export async function cancellable(tx: Tables, service: Service, operationId: string): Promise<Operation> {
  const operation = await tx.operations.get(service.id, operationId);
  const refuse = (reason: string) => new SlipwayError("NotCancellable", { id: operationId, reason });
  if (operation === null) throw refuse("the service has no such operation");
  if (isFinished(operation)) throw refuse(`it has ended, ${operation.status}`);
  if (!isDeploying(operation.type)) throw refuse("a pause, a resume or a delete always goes on to its end");
  if (operation.status === "PENDING") throw refuse("it has not begun yet; try again");
  if (operation.cause !== null) throw refuse("it has failed already");
  if (isCommitted(service, operation.releaseNumber)) throw refuse("its release serves already");
  return operation;
}
