/** A service as its page shows it: found by the id in the address, told again whenever something of it changes. */
import { useRead } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import type { Service } from "./service-tab.ts";

export type ServiceOverview = Output<"Slipway.ListServiceOverviews">["Services"][number];

export type FoundService =
  | { readonly kind: "reading" }
  | { readonly kind: "missing"; readonly problem: string | null; readonly readAgain: () => unknown }
  | { readonly kind: "found"; readonly service: Service; readonly overview: ServiceOverview };

const SERVICE_ID = /^[0-9a-f]{32}$/;

export function useService(id: string): FoundService {
  const isId = SERVICE_ID.test(id);
  const overviews = useRead(
    "Slipway.ListServiceOverviews",
    { ServiceIds: [id] },
    { isEnabled: isId, topics: [`service/${id}`, `operations/${id}`, `instances/${id}`, `services/${id}`] },
  );
  const overview = overviews.data?.Services[0];
  const described = useRead(
    "AppRunner.DescribeService",
    { ServiceArn: overview?.ServiceArn ?? "" },
    { isEnabled: overview !== undefined, topics: [`service/${id}`] },
  );
  const problem = overviews.error ?? described.error;
  const readAgain = overviews.error === null ? described.refetch : overviews.refetch;
  if (overview !== undefined && described.data !== undefined) {
    return { kind: "found", overview, service: described.data.Service };
  }
  if (!isId || overviews.data?.Services.length === 0) return { kind: "missing", problem: null, readAgain };
  return problem === null ? { kind: "reading" } : { kind: "missing", problem: problem.message, readAgain };
}
