/** Repositories that Slipway hosts: on the wire, and in the sources of services. */
import type * as Wire from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import { hostedRepositoryName, hostedRepositoryUrl } from "../../domain/hosted-url.ts";
import { liveServiceStatuses, type Service } from "../../domain/service.ts";
import type { HostedRepositories } from "../../ports/hosted-repositories.ts";
import type { Tables } from "../../ports/store.ts";

export function toWireRepository(name: string, publicApiUrl: string): Wire.Repository {
  return {
    RepositoryName: name,
    RepositoryUrl: hostedRepositoryUrl(name),
    PushUrl: `${publicApiUrl}/git/${name}.git`,
  };
}

/** Throws NoSuchResource. */
export async function assertRepository(name: string, repositories: HostedRepositories): Promise<void> {
  if (await repositories.exists(name)) return;
  throw new SlipwayError("NoSuchResource", { kind: "Repository", arn: name });
}

/** Services (not deleted) that are built from this repository; by the given branch where one is named. */
export async function servicesBuiltFrom(
  name: string,
  tables: Pick<Tables, "services">,
  branch?: string,
): Promise<readonly Service[]> {
  const live = await tables.services.listByStatus(liveServiceStatuses);
  return live.filter(({ configuration: { source } }) => {
    if (source.kind !== "code" || hostedRepositoryName(source.repositoryUrl) !== name) return false;
    return branch === undefined || source.branch === branch;
  });
}
