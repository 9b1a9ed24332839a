/** All services as DescribeService tells them, for pages that show which of them use a thing. */
import type { Output } from "../api/wire.ts";
import { useLiveServices } from "./live-services.ts";

export type DescribedService = Output<"Slipway.DescribeServices">["Services"][number];

export interface AllServices {
  readonly services: readonly DescribedService[];
  readonly isPending: boolean;
}

/** Those that one may describe. */
export function useAllServices(): AllServices {
  const { data = NONE, isPending } = useLiveServices("Slipway.DescribeServices", { topics: TOPICS });
  return { services: data, isPending };
}

const TOPICS = ["services", "service"];
const NONE: readonly DescribedService[] = [];
