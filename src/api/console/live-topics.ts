/**
 * What the live stream names: a topic stands for answers of the API that may be others now. It says that something changed,
 * never what.
 */
import type { StateChange } from "../../ports/state-changes.ts";

export interface Topic {
  readonly name: string;
  /** What somebody must be allowed to be told of it; null: being signed in is enough. */
  readonly needs: Need | null;
}

export type Need =
  | { readonly action: "apprunner:ListServices" | "slipway:ListRepositories" }
  | { readonly action: "apprunner:DescribeService"; readonly serviceId: string }
  | { readonly action: "slipway:DescribeRepository"; readonly repository: string };

const OF_SERVICES = {
  service: "service",
  // Which release is in traffic, and what there is to go back to, stand with the service.
  release: "service",
  operation: "operations",
  instance: "instances",
  domain: "domains",
  source: "source",
} as const;

const OF_OTHERS = { alarm: "alarms", event: "events", resource: "resources", session: null } as const;

export function topicsOf(change: StateChange): readonly Topic[] {
  if (change.kind === "repository") return ofRepository(change.repository);
  if (!("serviceId" in change)) {
    const name = OF_OTHERS[change.kind];
    return name === null ? [] : [{ name, needs: null }];
  }
  const { kind, serviceId } = change;
  const needs: Need = { action: "apprunner:DescribeService", serviceId };
  const own = { name: `${OF_SERVICES[kind]}/${serviceId}`, needs };
  if (kind !== "service") return [own];
  // The list shows what the service itself says, and who sees the list may see nothing of the service.
  const list: Need = { action: "apprunner:ListServices" };
  return [own, { name: `services/${serviceId}`, needs: list }, { name: "services", needs: list }];
}

function ofRepository(repository: string): readonly Topic[] {
  return [
    { name: "repositories", needs: { action: "slipway:ListRepositories" } },
    { name: `repository/${repository}`, needs: { action: "slipway:DescribeRepository", repository } },
  ];
}
