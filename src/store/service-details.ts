/** What lists show beside each service: four statements, however many services. One by one 100 of them took 50 ms. */
import type { Service } from "../domain/service.ts";
import type { ServiceDetails } from "../ports/store.ts";
import { readLiveInstances } from "./instance-table.ts";
import { readNewestOperations } from "./operation-table.ts";
import { readActiveReleases } from "./release-table.ts";
import type { Queries } from "./session.ts";
import { readTags } from "./tag-table.ts";

export async function readDetails(
  db: Queries,
  services: readonly Service[],
): Promise<readonly ServiceDetails[]> {
  if (services.length === 0) return [];
  const ids = services.map(({ id }) => id);
  const releases = new Map((await readActiveReleases(db, ids)).map((one) => [one.serviceId, one]));
  const operations = new Map((await readNewestOperations(db, ids)).map((one) => [one.serviceId, one]));
  const instances = Map.groupBy(await readLiveInstances(db, ids), ({ serviceId }) => serviceId);
  const tags = await readTags(
    db,
    services.map(({ arn }) => arn),
  );
  return services.map((service) => ({
    service,
    release: releases.get(service.id) ?? null,
    instances: instances.get(service.id) ?? [],
    lastOperation: operations.get(service.id) ?? null,
    tags: tags.get(service.arn) ?? [],
  }));
}
